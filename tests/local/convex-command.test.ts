/** `npm run convex` starts the CLI of the package `convex-local`, which has its own tests. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("npm run convex -- --help shows the usage and the commands", () => {
  const help = spawnSync(process.execPath, ["local/convex.ts", "--help"], { encoding: "utf8" });
  expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining("npm run convex -- COMMAND") });
  expect(help.stdout).toContain("run FUNCTION");
});
