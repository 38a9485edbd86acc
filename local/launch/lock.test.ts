import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tryLock, waitForLock } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mosaic-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a lock", () => {
  it("has one holder at a time", () => {
    const file = join(folder, "lock");
    const lock = tryLock(file);
    expect(tryLock(file)).toBeNull();
    lock?.release();
    const next = tryLock(file);
    expect(next).not.toBeNull();
    next?.release();
  });

  it("can be waited for until the signal aborts", async () => {
    const file = join(folder, "lock");
    const first = tryLock(file);
    const waiting = waitForLock(file, AbortSignal.timeout(5_000));
    await expect(waitForLock(file, AbortSignal.timeout(50))).rejects.toThrow();
    first?.release();
    (await waiting).release();
  });

  it("is released when its holder exits, even after kill -9", async () => {
    const file = join(folder, "lock");
    const script = `import { tryLock } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
      // Kept, because the lock of a collected object is released.
      globalThis.lock = tryLock(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", script]);
    await once(holder.stdout, "data");
    expect(tryLock(file)).toBeNull();
    holder.kill("SIGKILL");
    await once(holder, "exit");
    const lock = tryLock(file);
    expect(lock).not.toBeNull();
    lock?.release();
  });
});
