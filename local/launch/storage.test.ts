import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tryLock } from "./lock.ts";
import { storageProblem } from "./storage.ts";

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("a data folder that cannot be written", () => {
  it("is reported in one line that says what to do", () => {
    const errors = [
      thrownBy(() => mkdirSync("package.json/data", { recursive: true })),
      Object.assign(new Error("write"), { code: "ENOSPC" }),
      Object.assign(new Error("mkdir"), { code: "ENOENT", syscall: "mkdir" }),
      thrownBy(() => tryLock("local")), // SQLite cannot open a folder.
    ];
    for (const error of errors) expect(storageProblem(error)).toMatch(/^The disk|^A folder.*LOCAL_DIR/);
  });

  it("does not explain other errors", () => {
    expect(storageProblem(new Error("EADDRINUSE"))).toBeNull();
    expect(storageProblem(undefined)).toBeNull();
  });
});
