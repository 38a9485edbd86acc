import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BuildError, ensureBuild } from "./build.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mosaic-"));
  write("app/root.tsx", "one");
  // Replaces React Router's command: counts its runs, and fails if the source says so.
  write(
    "node_modules/@react-router/dev/bin.cjs",
    `const fs = require("node:fs");
     fs.appendFileSync("runs", "x");
     if (fs.readFileSync("app/root.tsx", "utf8") === "broken") { console.log("no good"); process.exit(1); }
     fs.mkdirSync("build/server", { recursive: true });
     fs.writeFileSync("build/server/index.js", fs.readFileSync("app/root.tsx"));
     fs.writeFileSync("build/server/.dev.vars", "SECRET=1");`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const read = (path: string) => readFileSync(join(root, path), "utf8");
const runs = () => read("runs").length;

const build = (options: { always?: boolean; copyTo?: string } = {}) =>
  ensureBuild({ root, signal: AbortSignal.timeout(10_000), log: () => undefined, ...options });

describe("the build", () => {
  it("runs once for the same source, and again after the source changes", async () => {
    await build();
    await build();
    expect(runs()).toBe(1);
    write("app/root.tsx", "two");
    await build();
    expect(runs()).toBe(2);
    write("app/new.ts", "");
    await build();
    expect(runs()).toBe(3);
    write("app/new.test.ts", "");
    await build();
    expect(runs()).toBe(3);
    await build({ always: true });
    expect(runs()).toBe(4);
  });

  it("runs once for several concurrent callers", async () => {
    await Promise.all([build(), build(), build()]);
    expect(runs()).toBe(1);
  });

  it("is copied without .dev.vars", async () => {
    await build({ copyTo: join(root, "copy") });
    expect(read("copy/server/index.js")).toBe("one");
    expect(existsSync(join(root, "build/server/.dev.vars"))).toBe(false);
    expect(existsSync(join(root, "copy/server/.dev.vars"))).toBe(false);
  });

  it("reports the error of a failed build, and builds again the next time", async () => {
    write("app/root.tsx", "broken");
    await expect(build()).rejects.toThrow(BuildError);
    await expect(build()).rejects.toThrow("no good");
    expect(runs()).toBe(2);
  });
});
