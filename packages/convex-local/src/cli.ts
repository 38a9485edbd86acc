/** Command line of `npx convex-local`: serves a folder of Convex functions. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { conflictsFrom } from "./conflicts/pace.ts";
import { startConvex } from "./server.ts";

const HELP = `Serves a folder of Convex functions on this machine, on loopback only.

  npx convex-local --functions DIR --port N --site-port N --data FILE

  --functions DIR   the folder with the functions and schema.ts (default: convex)
  --port N          port of the HTTP API and the sync sockets; 0 for any free one (default: 3210)
  --site-port N     port of HTTP actions; 0 for any free one (default: 3211)
  --data FILE       the SQLite file, created if it does not exist (default: .local/convex.sqlite)
  --no-watch        do not reload when the folder changes
  --help            print this text

Functions get the environment variables of this process, with CONVEX_URL and CONVEX_SITE_URL set.
The admin key is stored in FILE.admin-key.

With CONVEX_LOCAL_CONFLICTS=1, concurrent mutations conflict by Convex's rules and are retried.
CONVEX_LOCAL_MUTATION_MS is how long a mutation takes then, in ms (default: 60).
`;

type Arguments = { functionsDir: string; port: number; sitePort: number; dataFile: string; watch: boolean };

function readArguments(): Arguments | "help" {
  const { values } = parseArgs({
    options: {
      functions: { type: "string", default: "convex" },
      port: { type: "string", default: "3210" },
      "site-port": { type: "string", default: "3211" },
      data: { type: "string", default: ".local/convex.sqlite" },
      "no-watch": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  return {
    functionsDir: resolve(values.functions),
    port: portNumber("--port", values.port),
    sitePort: portNumber("--site-port", values["site-port"]),
    dataFile: resolve(values.data),
    watch: !values["no-watch"],
  };
}

function portNumber(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`${name} takes a number from 0 to 65535.`);
  return port;
}

function environment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  return env;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const args = readArguments();
  if (args === "help") {
    process.stdout.write(HELP);
    return;
  }
  const convex = await startConvex({
    ...args,
    conflicts: conflictsFrom(process.env),
    env: environment(),
    log: print,
  });
  print(`Convex is at ${convex.url}, HTTP actions at ${convex.siteUrl}.`);
  const end = (): void => {
    convex.close().then(() => process.exit(0), fail);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

main().catch(fail);
