import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Child, startChild } from "./child.ts";

/** Runs JavaScript in a child process, and waits until it has printed something. */
async function started(script: string): Promise<Child> {
  const child = startChild(["-e", script], { cwd: process.cwd(), env: process.env });
  while (child.held() === "") await pause(10);
  return child;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a child process", () => {
  it("is stopped together with the processes it started", async () => {
    const child = await started(`
      const { pid } = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      console.log(pid); setInterval(() => {}, 1000);`);
    const grandchild = Number(child.held());
    expect(isRunning(grandchild)).toBe(true);
    await child.stop();
    expect(isRunning(grandchild)).toBe(false);
  });

  it("is killed if it ignores SIGTERM", async () => {
    const child = await started(
      `process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000);`,
    );
    const start = Date.now();
    await child.stop();
    expect(Date.now() - start).toBeLessThan(4_000);
    expect(await child.ended).toBe("SIGKILL");
  });

  it("reports its exit code", async () => {
    expect(await startChild(["-e", "process.exit(3)"], { cwd: ".", env: process.env }).ended).toBe(
      "exit code 3",
    );
  });

  it("can be stopped after it has exited", async () => {
    const child = startChild(["-e", ""], { cwd: ".", env: process.env });
    await child.ended;
    await child.stop();
  });
});
