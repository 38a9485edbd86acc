/** Command line that inspects and seeds a running local Convex backend over its admin key. */
import { parseArgs } from "node:util";
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

const COMMANDS = `  run FUNCTION [ARGS]      runs a function, internal ones too: run users:viewer '{}'
      --identity JSON      the caller: {"subject": …, "issuer": …, and other claims}
  data [TABLE]             lists the tables, or the newest documents of one table, one per line
      --limit N            the largest number of documents (default: 100)
      --order asc|desc     by creation time (default: desc)
  export FILE              writes all documents as of one moment, without those of components and stored files
  import FILE              inserts them; --replace empties their tables first
  env [NAME]               prints the environment variables of the functions, or one of them

  --url URL, --data FILE   another local backend: its address and its data file
  --help                   this text`;

/** How many operands each command takes, at least and at most. */
const OPERANDS: { [command: string]: [least: number, most: number] } = {
  run: [1, 2],
  data: [0, 1],
  export: [1, 1],
  import: [1, 1],
  env: [0, 1],
};

/** Where the lines of a command go. */
export type Output = { print: Print; printError: Print };

/** How the command is called, and which backend it uses without `--url` and `--data`. */
export type Program = {
  /** The beginning of the help text: what this is for, and how to start it. */
  usage: string;
  /** @throws {RangeError} when the environment does not name a backend. */
  backend: () => { url: string; dataFile: string };
};

/**
 * Runs one command.
 *
 * @param args - The arguments that follow the name of the program.
 * @param output - Where its lines go.
 * @param program - How it is called, and its default backend.
 * @returns The exit code.
 */
export async function command(args: string[], output: Output, program: Program): Promise<number> {
  try {
    return await main(args, output, program);
  } catch (error) {
    const forPeople = error instanceof CommandRefused || error instanceof RangeError;
    output.printError(forPeople ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  }
}

async function main(args: string[], output: Output, program: Program): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [command, ...operands] = positionals;
  if (values.help || command === undefined) {
    output.print(`${program.usage}\n\n${COMMANDS}`);
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
  await perform(command, operands, deploymentOf(values, program), values, output);
  return 0;
}

type Values = ReturnType<typeof readArguments>["values"];

async function perform(
  command: string,
  [operand = "", second]: string[],
  deployment: Deployment,
  values: Values,
  { print, printError }: Output,
): Promise<void> {
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

function deploymentOf({ url, data }: Values, program: Program): Deployment {
  if ((url === undefined) !== (data === undefined)) throw new CommandRefused("--url and --data go together.");
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new CommandRefused("--url takes an address such as http://127.0.0.1:3210.");
  }
  const backend = url !== undefined && data !== undefined ? { url, dataFile: data } : program.backend();
  return new Deployment(backend.url.replace(/\/$/, ""), backend.dataFile);
}
