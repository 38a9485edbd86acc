/** Running copy of Mosaic, started with `npm start` or `npm run dev` in a separate process. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { busyPorts, type Ports, portsFrom } from "../../local/ports.ts";
import { runVariables } from "../temporary.ts";

export type Copy = {
  ports: Ports;
  localDir: string;
  /** The npm process, which receives Ctrl-C from a terminal or SIGTERM from a supervisor. */
  npm: ChildProcess;
  /** Returns everything printed so far to stdout and stderr. */
  output(): string;
  /** Resolves with the exit code; null when a signal ended npm itself. */
  exited: Promise<number | null>;
  /** Resolves when the address is printed; rejects if npm exits first. */
  ready(): Promise<void>;
  /** Returns the ids of the processes that this copy started and that still run. */
  leftBehind(): number[];
};

const started = new Set<Copy>();
const dataFolders = new Set<string>();

/**
 * Finds four consecutive free ports below the ephemeral range. Holds the port before them until this process
 * ends, so that no other test, in this or another clone, gets the same four.
 */
export async function freePorts(): Promise<Ports> {
  for (;;) {
    const first = 20_000 + 5 * Math.floor(Math.random() * 2_000);
    const ports = portsFrom(String(first + 1));
    if ((await hold(first)) && (await busyPorts(Object.values(ports))).length === 0) return ports;
  }
}

function hold(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const holder = createServer();
    holder.unref();
    holder.once("error", () => resolve(false));
    holder.listen({ host: "127.0.0.1", port, exclusive: true }, () => resolve(true));
  });
}

/** Creates a data folder that `cleanUp` removes. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-data-"));
  dataFolders.add(folder);
  return folder;
}

/**
 * Runs an npm script.
 *
 * @param script - The name of the script.
 * @param options.environment - Variables in addition to PATH, HOME, PORT, LOCAL_DIR and the test run's folders.
 */
export async function run(
  script: "start" | "dev" | "reset",
  options: { ports?: Ports; localDir?: string; environment?: Record<string, string>; cwd?: string } = {},
): Promise<Copy> {
  const ports = options.ports ?? (await freePorts());
  const localDir = options.localDir ?? dataFolder();
  const npm = spawn("npm", ["run", script], {
    cwd: options.cwd ?? process.cwd(),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...runVariables(),
      PORT: String(ports.app),
      LOCAL_DIR: localDir,
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding("utf8").on("data", (text) => (printed += text));
  const exited = new Promise<number | null>((resolve) => npm.once("close", resolve));
  const copy: Copy = {
    ports,
    localDir,
    npm,
    output: () => printed,
    exited,
    async ready() {
      while (!printed.includes("Ctrl-C ends everything.")) {
        if (npm.exitCode !== null) throw new Error(`npm ended with ${npm.exitCode}:\n${printed}`);
        await pause(50);
      }
    },
    leftBehind: () => processesOf(localDir),
  };
  started.add(copy);
  return copy;
}

/** Ends the copies that a test left running, and removes its data folders. */
export async function cleanUp(): Promise<void> {
  for (const { npm, exited } of started) {
    if (npm.exitCode === null && npm.signalCode === null) npm.kill("SIGTERM");
    await exited;
  }
  started.clear();
  for (const folder of dataFolders) rmSync(folder, { recursive: true, force: true });
  dataFolders.clear();
}

/** Finds the processes of a copy by the data folder that the launcher sets in their environment. */
function processesOf(localDir: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readQuietly(`/proc/${pid}/environ`).split("\0").includes(`MOSAIC_DATA_DIR=${localDir}`))
    .map(Number);
}

/** Returns the command line of a process, with spaces between the arguments. */
export function commandOf(pid: number): string {
  return readQuietly(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

/** Returns the content of a file, or "" if its process has exited since it was listed. */
function readQuietly(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Returns the status code of an address; null when nothing answers. */
export async function statusOf(address: string): Promise<number | null> {
  try {
    const response = await fetch(address, { redirect: "manual" });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
