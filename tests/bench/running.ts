/** Benchmark of `npm start`: start time, response time of a page, and memory of the process tree. */
import { readFileSync } from "node:fs";
import { signIn } from "../../local/sign-in.ts";
import { cleanUp, run } from "../launcher/copy.ts";
import { load, quantile } from "./load.ts";

const PROJECTS = 50;

export async function benchRunning(): Promise<void> {
  try {
    const start = performance.now();
    const copy = await run("start");
    await copy.ready();
    print("npm start, from the command to the block", `${((performance.now() - start) / 1000).toFixed(1)} s`);
    const url = `http://127.0.0.1:${copy.ports.app}`;
    const cookie = await signIn(url, "grace@example.com");
    for (let index = 1; index <= PROJECTS; index++) await createProject(url, cookie, `Project ${index}`);
    await load(`${url}/dashboard`, { milliseconds: 2_000, atOnce: 1, headers: { cookie } }); // warms up
    const { times } = await load(`${url}/dashboard`, { milliseconds: 5_000, atOnce: 1, headers: { cookie } });
    const [half, most] = [0.5, 0.95].map((share) => `${quantile(times, share).toFixed(1)} ms`);
    print(`/dashboard of ${PROJECTS} projects on npm start, one after the other`, `p50 ${half}, p95 ${most}`);
    const launcher = Number(
      readFileSync(`/proc/${copy.npm.pid}/task/${copy.npm.pid}/children`, "utf8").trim(),
    );
    const tree = [Number(copy.npm.pid), launcher, ...copy.leftBehind()];
    const megabytes = tree.reduce((sum, pid) => sum + memoryOf(pid), 0);
    print(`memory of the whole tree, ${tree.length} processes`, `${megabytes.toFixed(0)} MB`);
  } finally {
    await cleanUp();
  }
}

async function createProject(url: string, cookie: string, name: string): Promise<void> {
  const answer = await fetch(`${url}/dashboard`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie },
    body: new URLSearchParams({ name }),
  });
  if (answer.status !== 303) throw new Error(`creating a project answered ${answer.status}`);
}

/**
 * Returns the proportional set size in MB, which counts memory shared by several processes only once.
 * Source: proc_pid_smaps_rollup(5).
 */
function memoryOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

function print(what: string, value: string): void {
  process.stdout.write(`${what}: ${value}\n`);
}
