/** Compares the committed convex/_generated with the output of `convex codegen`. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("convex/_generated matches the output of convex codegen", { timeout: 60_000 }, () => {
  const copy = mkdtempSync(join(tmpdir(), "mosaic-codegen-"));
  try {
    cpSync(join(root, "convex"), join(copy, "convex"), { recursive: true });
    rmSync(join(copy, "convex/_generated"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, "package.json"), readFileSync(join(root, "package.json")));
    const command = [
      join(root, "node_modules/convex/bin/main.js"),
      "codegen",
      "--system-udfs",
      "--typecheck",
      "disable",
    ];
    execFileSync(process.execPath, command, { cwd: copy, stdio: "pipe" });
    expect(filesOf(join(root, "convex/_generated"))).toEqual(filesOf(join(copy, "convex/_generated")));
  } finally {
    rmSync(copy, { recursive: true });
  }
});

function filesOf(folder: string): { [name: string]: string } {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
