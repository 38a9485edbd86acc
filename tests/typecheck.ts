/** `npm run typecheck`: generates React Router's route types, then checks every TypeScript project. */
import { spawnSync } from "node:child_process";

const PROJECTS = [".", "convex", "packages/convex-local", "packages/workos-local", "local", "tests"];

/** Printed lines: several projects report the same error in a file that they share. */
const printed = new Set<string>();

function run(...args: string[]): boolean {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  for (const line of `${stdout}${stderr}`.split("\n")) {
    if (line !== "" && !printed.has(line)) process.stdout.write(`${line}\n`);
    printed.add(line);
  }
  return status === 0;
}

const generated = run("node_modules/@react-router/dev/bin.cjs", "typegen");
const results = PROJECTS.map((project) => run("node_modules/typescript/bin/tsc", "-p", project));
process.exitCode = generated && results.every(Boolean) ? 0 : 1;
