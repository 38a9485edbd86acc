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
import { CommandError, Deployment } from "./deployment.ts";
import { showConflicts, showLimits, showRefreshes } from "./function-use.ts";

const COMMANDS = `  run FUNCTION [ARGS]      runs a function, internal ones too: run users:viewer '{}'
      --identity JSON      the caller: {"subject": …, "issuer": …, and other claims}
  data [TABLE]             lists the tables, or the newest documents of one table, one per line
      --limit N            the largest number of documents (default: 100)
      --order asc|desc     by creation time (default: desc)
  export FILE              writes all documents as of one moment, without those of components and stored files
  import FILE              inserts them; --replace empties their tables first
  limits                   prints the highest use of each function since the start, beside Convex's limits
  conflicts                prints the conflicts of mutations by function and table
  refreshes                prints the queries that ran again because clients refreshed their tokens
      --json               as JSON, also for limits and conflicts
  env [NAME]               prints the environment variables of the functions, or one of them

  --url URL, --data FILE   another local backend: its address and its data file
  --help                   this text`;

/** Smallest and largest number of operands of each command. */
const OPERANDS: { [command: string]: [least: number, most: number] } = {
  run: [1, 2],
  data: [0, 1],
  export: [1, 1],
  import: [1, 1],
  limits: [0, 0],
  conflicts: [0, 0],
  refreshes: [0, 0],
  env: [0, 1],
};

/** Receives the lines of a command. */
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
    const readable = error instanceof CommandError || error instanceof RangeError;
    output.printError(readable ? error.message : String(error instanceof Error ? error.stack : error));
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
    throw new CommandError(`There is no command ${command}. Commands: ${Object.keys(OPERANDS).join(", ")}.`);
  }
  if (operands.length < least)
    throw new CommandError(`${command} needs ${command === "run" ? "a function" : "a file"}: see --help.`);
  if (operands.length > most)
    throw new CommandError(`${command} does not take ${JSON.stringify(operands[most])}: see --help.`);
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
      const call = { path: operand, args: second ?? "{}", identity: values.identity ?? null };
      return runFunction(deployment, call, print, printError);
    }
    case "data": {
      if (operand === "") return listTables(deployment, print);
      return showTable(deployment, { table: operand, ...pageOf(values) }, print);
    }
    case "export":
      return exportTo(deployment, operand, print);
    case "import":
      return importFrom(deployment, { file: operand, replace: values.replace }, print);
    case "limits":
      return showLimits(deployment, values, print);
    case "conflicts":
      return showConflicts(deployment, values, print);
    case "refreshes":
      return showRefreshes(deployment, values, print);
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
        json: { type: "boolean", default: false },
        url: { type: "string" },
        data: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

function pageOf({ limit, order }: Values): { limit: number; order: string } {
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new CommandError("--limit must be a number from 1.");
  if (order !== "asc" && order !== "desc") throw new CommandError("--order must be asc or desc.");
  return { limit: Number(limit), order };
}

function deploymentOf({ url, data }: Values, program: Program): Deployment {
  if ((url === undefined) !== (data === undefined))
    throw new CommandError("--url and --data must be used together.");
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new CommandError("--url must be a URL such as http://127.0.0.1:3210.");
  }
  const backend = url !== undefined && data !== undefined ? { url, dataFile: data } : program.backend();
  return new Deployment(backend.url.replace(/\/$/, ""), backend.dataFile);
}
