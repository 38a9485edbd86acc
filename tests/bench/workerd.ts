/** The runtime alone, without wrangler around it, so that its CPU time is the worker's. Linux only: reads /proc. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { freePorts } from "../launcher/copy.ts";

export type Worker = {
  /** The worker first, then what it imports; the file's path is relative to the folder. */
  modules: { name: string; file: string }[];
  compatibilityDate: string;
  variables: Record<string, string>;
  /** Gives the worker what Mosaic's binds: assets, KV, the Durable Object. */
  mosaic?: boolean;
  /** Convex's functions, such as `pages:dashboard`, and the JSON that the worker gets for them without going out. */
  near?: Record<string, string>;
};

export type Workerd = { url: string; cpuSeconds(): number; close(): Promise<void> };

const { default: workerdBinary } = createRequire(import.meta.url)("workerd") as { default: string };

/** Nothing in a measured page reads these; they must only be there. */
const NOT_FOUND = `export default { fetch() { return new Response(null, { status: 404 }); } };`;

/** Loaded before the worker: what Convex would say is said in the worker's own process, so that no trip is measured. */
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

/** A counter that never says stop. */
const UNLIMITED = `export default () => ({ limit: async () => ({ success: true }) });`;

const limit = (name: string) => `
    (name = "${name}", wrapped = (moduleName = "unlimited")),`;

const MOSAIC_BINDINGS = `${["SIGN_IN_LIMIT", "SESSION_LIMIT", "ERROR_LIMIT"].map(limit).join("")}
    (name = "ASSETS", service = "nothing"),
    (name = "NOTICES", kvNamespace = "nothing"),
    (name = "CF_VERSION_METADATA", json = "{\\"id\\":\\"bench\\",\\"tag\\":\\"\\",\\"timestamp\\":\\"\\"}"),
    (name = "SESSION_REFRESHER", durableObjectNamespace = "SessionRefresher"),`;

const MOSAIC_OBJECTS = `
  durableObjectNamespaces = [(className = "SessionRefresher", uniqueKey = "bench", enableSql = true)],
  durableObjectStorage = (inMemory = void),`;

/** Starts one worker in a process of its own. */
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

function configOf({ modules, compatibilityDate, variables, mosaic, near }: Worker, port: number): string {
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
  bindings = [${mosaic ? MOSAIC_BINDINGS : ""}
    ${Object.entries(variables)
      .map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`)
      .join(", ")}
  ],${mosaic ? MOSAIC_OBJECTS : ""}
);
`;
}

const TICKS_A_SECOND = 100; // Linux's USER_HZ, the same on every machine that Node runs on

/** User and system time of a process so far (proc_pid_stat(5), fields 14 and 15). */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
