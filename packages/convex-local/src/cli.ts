/** `npx convex-local`: serves any folder of Convex functions from this machine. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { startConvex } from "./server.ts";

const HELP = `Serves a folder of Convex functions on this machine.

  npx convex-local --functions DIR --port N --site-port N --data FILE

  --functions DIR   the folder with the functions, schema.ts and so on (default: convex)
  --port N          for clients: HTTP API and sync sockets (default: 3210)
  --site-port N     for HTTP actions (default: 3211)
  --data FILE       the SQLite file that keeps everything (default: .local/convex.sqlite)
  --no-watch        do not take up changes in the folder
  --help            this text

Functions get their environment variables from this process; CONVEX_URL and CONVEX_SITE_URL are set for them.
The admin key is in FILE.admin-key.
`;

type Asked = { functionsDir: string; port: number; sitePort: number; dataFile: string; watch: boolean };

function readArguments(): Asked | "help" {
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
  const asked = readArguments();
  if (asked === "help") {
    process.stdout.write(HELP);
    return;
  }
  const convex = await startConvex({ ...asked, env: environment(), log: print });
  print(`Convex is at ${convex.url}, HTTP actions at ${convex.siteUrl}.`);
  const end = (): void => {
    convex.close().then(() => process.exit(0), fail);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

main().catch(fail);
