/** The command line of `npm run convex`: what is asked for, or what is wrong with it in one line. */
import { parseArgs } from "node:util";
import { dataDir } from "../../launch/data-dir.ts";
import { portsFrom } from "../../ports.ts";
import {
  exportTo,
  importFrom,
  listTables,
  type Print,
  runFunction,
  showEnvironment,
  showTable,
} from "./commands.ts";
import { CommandRefused, Deployment } from "./deployment.ts";

const HELP = `Looks into the local Convex that npm run dev or npm start runs with this PORT, over its admin key.

  npm run convex -- run FUNCTION [ARGS]   runs a function, internal ones too: run users:viewer '{}'
                    --identity JSON       as somebody: {"subject": …, "issuer": …, and other claims}
  npm run convex -- data [TABLE]          the tables, or the newest documents of one, one a line
                    --limit N             so many (default: 100)
                    --order asc|desc      by creation (default: desc)
  npm run convex -- export FILE           all documents of one moment; not those of components, nor stored files
  npm run convex -- import FILE           puts them in; --replace empties their tables first
  npm run convex -- env [NAME]            the variables that the functions see, or one

  --url URL, --data FILE                  another local Convex: its address, and the file that keeps its data
  --help                                  this text`;

/** How many operands each command takes, at least and at most. */
const OPERANDS: { [command: string]: [least: number, most: number] } = {
  run: [1, 2],
  data: [0, 1],
  export: [1, 1],
  import: [1, 1],
  env: [0, 1],
};

/** Where a command's lines go. */
export type Output = { print: Print; printError: Print };

/** Performs one command. @param args what stands behind the command's own name @returns the exit code */
export async function command(args: string[], output: Output): Promise<number> {
  try {
    return await main(args, output);
  } catch (error) {
    const forPeople = error instanceof CommandRefused || error instanceof RangeError;
    output.printError(forPeople ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  }
}

async function main(args: string[], output: Output): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [command, ...operands] = positionals;
  if (values.help || command === undefined) {
    output.print(HELP);
    return values.help ? 0 : 1;
  }
  const [least, most] = OPERANDS[command] ?? [0, 0];
  if (!Object.hasOwn(OPERANDS, command)) {
    throw new CommandRefused(
      `There is no command ${command}: there are ${Object.keys(OPERANDS).join(", ")}.`,
    );
  }
  if (operands.length < least)
    throw new CommandRefused(`${command} needs ${command === "run" ? "a function" : "a file"}: see --help.`);
  if (operands.length > most)
    throw new CommandRefused(`${command} takes no ${JSON.stringify(operands[most])}: see --help.`);
  await perform(command, operands, values, output);
  return 0;
}

type Values = ReturnType<typeof readArguments>["values"];

async function perform(
  command: string,
  [operand = "", second]: string[],
  values: Values,
  { print, printError }: Output,
): Promise<void> {
  const deployment = deploymentOf(values);
  switch (command) {
    case "run": {
      const asked = { path: operand, args: second ?? "{}", identity: values.identity ?? null };
      return runFunction(deployment, asked, print, printError);
    }
    case "data": {
      if (operand === "") return listTables(deployment, print);
      return showTable(deployment, { table: operand, ...pageOf(values) }, print);
    }
    case "export":
      return exportTo(deployment, operand, print);
    case "import":
      return importFrom(deployment, { file: operand, replace: values.replace }, print);
    default:
      return showEnvironment(deployment, operand === "" ? undefined : operand, print);
  }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        identity: { type: "string" },
        limit: { type: "string", default: "100" },
        order: { type: "string", default: "desc" },
        replace: { type: "boolean", default: false },
        url: { type: "string" },
        data: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new CommandRefused(error instanceof Error ? error.message : String(error));
  }
}

function pageOf({ limit, order }: Values): { limit: number; order: string } {
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new CommandRefused("--limit takes a number from 1.");
  if (order !== "asc" && order !== "desc") throw new CommandRefused("--order takes asc or desc.");
  return { limit: Number(limit), order };
}

function deploymentOf({ url, data }: Values): Deployment {
  if ((url === undefined) !== (data === undefined)) throw new CommandRefused("--url and --data go together.");
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new CommandRefused("--url takes an address such as http://127.0.0.1:3210.");
  }
  const ports = portsFrom(process.env.PORT);
  const here = `http://127.0.0.1:${ports.convex}`;
  const dataFile = data ?? dataDir(process.cwd(), ports.app, process.env.LOCAL_DIR).convexFile;
  return new Deployment((url ?? here).replace(/\/$/, ""), dataFile);
}
