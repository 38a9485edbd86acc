/** Runs workerd without wrangler, so that its CPU time is the worker's. Linux only: reads /proc. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { freePorts } from "../launcher/copy.ts";

export type Worker = {
  /** The worker's module, then the modules that it imports. File paths are relative to the folder. */
  modules: { name: string; file: string }[];
  compatibilityDate: string;
  variables: Record<string, string>;
  /** Adds Mosaic's bindings: assets, KV and the Durable Object. */
  isApp?: boolean;
  /**
   * JSON answers by Convex function, such as `pages:dashboard`, that the worker gets without a network
   * request.
   */
  near?: Record<string, string>;
};

export type Workerd = { url: string; cpuSeconds(): number; close(): Promise<void> };

const { default: workerdBinary } = createRequire(import.meta.url)("workerd") as { default: string };

/** Worker behind bindings that must exist but are not used by the measured pages. */
const NOT_FOUND = `export default { fetch() { return new Response(null, { status: 404 }); } };`;

/**
 * Returns a module, loaded before the worker, that answers Convex calls in the process instead of the
 * network.
 */
const nearModule = (answers: Record<string, string>) => `
const answers = ${JSON.stringify(Object.entries(answers))};
const headers = { "content-type": "application/json" };
globalThis.fetch = async (input, init) => {
  const known = answers.find(([path]) => init.body.includes('"path":"' + path + '"'));
  if (known === undefined) throw new Error("nothing is known of " + init.body);
  return new Response(known[1], { headers });
};`;

const nearEntry = (main: string) => `import "near.js";
export * from ${JSON.stringify(main)};
export { default } from ${JSON.stringify(main)};`;

/** Rate limiter without a limit. */
const UNLIMITED = `export default () => ({ limit: async () => ({ success: true }) });`;

const limit = (name: string) => `
    (name = "${name}", wrapped = (moduleName = "unlimited")),`;

const APP_BINDINGS = `${["SIGN_IN_LIMIT", "SESSION_LIMIT", "ERROR_LIMIT", "INGESTION_LIMIT", "REJECTION_LIMIT"].map(limit).join("")}
    (name = "ASSETS", service = "nothing"),
    (name = "NOTICES", kvNamespace = "nothing"),
    (name = "CF_VERSION_METADATA", json = "{\\"id\\":\\"bench\\",\\"tag\\":\\"\\",\\"timestamp\\":\\"\\"}"),
    (name = "SESSION_REFRESHER", durableObjectNamespace = "SessionRefresher"),`;

const APP_OBJECTS = `
  durableObjectNamespaces = [(className = "SessionRefresher", uniqueKey = "bench", enableSql = true)],
  durableObjectStorage = (inMemory = void),`;

/**
 * Starts a worker in a separate process, and waits until it answers.
 *
 * @param folder - The folder for the configuration file.
 * @param name - The name of the configuration file.
 * @throws {Error} when workerd exits first.
 */
export async function startWorkerd(folder: string, name: string, worker: Worker): Promise<Workerd> {
  const { app: port } = await freePorts();
  const config = join(folder, `${name}.capnp`);
  writeFileSync(config, configOf(worker, port));
  const child = spawn(workerdBinary, ["serve", "--experimental", config], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`workerd ended with ${child.exitCode}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return { url, cpuSeconds: () => cpuSecondsOf(Number(child.pid)), close: () => ended(child) };
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { redirect: "manual" })).body?.cancel();
    return true;
  } catch {
    return false;
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once("exit", () => done());
    child.kill();
  });
}

function configOf({ modules, compatibilityDate, variables, isApp, near }: Worker, port: number): string {
  const text = (value: string) => JSON.stringify(value);
  const own = (name: string, code: string) => `(name = ${text(name)}, esModule = ${text(code)})`;
  const embedded = modules.map(({ name, file }) => `(name = ${text(name)}, esModule = embed ${text(file)})`);
  const entry =
    near === undefined
      ? []
      : [own("entry.js", nearEntry(modules[0]?.name ?? "")), own("near.js", nearModule(near))];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "nothing", worker = .nothing),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  extensions = [(modules = [(name = "unlimited", esModule = ${text(UNLIMITED)}, internal = true)])],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const nothing :Workerd.Worker = (
  modules = [(name = "nothing.js", esModule = ${text(NOT_FOUND)})],
  compatibilityDate = ${text(compatibilityDate)},
);
const main :Workerd.Worker = (
  modules = [${[...entry, ...embedded].join(", ")}],
  compatibilityDate = ${text(compatibilityDate)},
  globalOutbound = "internet",
  bindings = [${isApp ? APP_BINDINGS : ""}
    ${Object.entries(variables)
      .map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`)
      .join(", ")}
  ],${isApp ? APP_OBJECTS : ""}
);
`;
}

const TICKS_A_SECOND = 100; // Linux's USER_HZ, which is the same on every platform that Node supports

/**
 * Returns the user and system time of a process so far, in seconds.
 * Source: proc_pid_stat(5), fields 14 and 15.
 */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
