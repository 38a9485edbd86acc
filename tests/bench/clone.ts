/** Benchmark: time from `git clone` to the first page of `npm run dev`. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUp, run, statusOf } from "../launcher/copy.ts";

export async function benchClone(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-clone-"));
  const checkout = join(folder, "mosaic");
  try {
    const steps: string[] = [];
    let last = performance.now();
    const lap = (name: string) => {
      const now = performance.now();
      steps.push(`${name} ${((now - last) / 1000).toFixed(1)} s`);
      last = now;
    };
    command("git", ["clone", "--quiet", process.cwd(), checkout], folder);
    lap("git clone");
    command("npm", ["ci"], checkout);
    lap("npm ci");
    const copy = await run("dev", { cwd: checkout });
    await copy.ready();
    lap("npm run dev");
    const status = await statusOf(`http://127.0.0.1:${copy.ports.app}/`);
    if (status !== 200) throw new Error(`the first page answered ${status}`);
    lap("first page");
    process.stdout.write(`Clone to first page: ${steps.join(", ")}\n`);
  } finally {
    await cleanUp();
    rmSync(folder, { recursive: true, force: true });
  }
}

function command(name: string, args: string[], cwd: string): void {
  const { status, stderr } = spawnSync(name, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} ${args[0]} failed:\n${stderr}`);
}
