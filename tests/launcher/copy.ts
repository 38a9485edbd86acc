/** One running copy of Mosaic, started the way a person starts it: `npm start` or `npm run dev`, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { busyPorts, type Ports, portsFrom } from "../../local/ports.ts";
import { runFolders } from "../temporary.ts";

export type Copy = {
  ports: Ports;
  localDir: string;
  /** The npm process: what a person's Ctrl-C or a supervisor's SIGTERM reaches. */
  npm: ChildProcess;
  /** All that was printed so far, on both streams. */
  output(): string;
  /** Resolves with the exit code; null when a signal ended npm itself. */
  exited: Promise<number | null>;
  /** Resolves when the block with the address is there; rejects when npm ends before. */
  ready(): Promise<void>;
  /** Processes that this copy started and that still run. */
  leftBehind(): number[];
};

const started = new Set<Copy>();
const dataFolders = new Set<string>();

/**
 * Finds four free ports in a row, below those that the system hands out by itself. The port before them is held until
 * this process ends, so that no other test, in this or another clone, gets the same four.
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

/** A data folder that is gone after the test. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-data-"));
  dataFolders.add(folder);
  return folder;
}

/**
 * Runs one of package.json's scripts.
 *
 * @param environment Beside PORT and LOCAL_DIR; nothing of the test runner's own environment is passed on.
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
      ...runFolders(),
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

/** Ends what a test left running, and removes its folders. */
export async function cleanUp(): Promise<void> {
  for (const { npm, exited } of started) {
    if (npm.exitCode === null && npm.signalCode === null) npm.kill("SIGTERM");
    await exited;
  }
  started.clear();
  for (const folder of dataFolders) rmSync(folder, { recursive: true, force: true });
  dataFolders.clear();
}

/** The launcher tells each process that it starts where the data is; the system shows with what it was started. */
function processesOf(localDir: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readQuietly(`/proc/${pid}/environ`).split("\0").includes(`MOSAIC_DATA_DIR=${localDir}`))
    .map(Number);
}

/** What a process was started with, its arguments with spaces between. */
export function commandOf(pid: number): string {
  return readQuietly(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

/** A process may end between being listed and being looked at. */
function readQuietly(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The status with which an address answers; null when nothing answers. */
export async function statusOf(address: string): Promise<number | null> {
  try {
    const response = await fetch(address, { redirect: "manual" });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
