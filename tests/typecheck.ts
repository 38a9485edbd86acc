/** `npm run typecheck`: every TypeScript project of the house, after React Router has written its route types. */
import { spawnSync } from "node:child_process";

const PROJECTS = [".", "convex", "packages/convex-local", "packages/workos-local", "local", "tests"];

/** Files that several projects import would be complained of by each. */
const told = new Set<string>();

function run(...args: string[]): boolean {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  for (const line of `${stdout}${stderr}`.split("\n")) {
    if (line !== "" && !told.has(line)) process.stdout.write(`${line}\n`);
    told.add(line);
  }
  return status === 0;
}

const generated = run("node_modules/@react-router/dev/bin.cjs", "typegen");
const results = PROJECTS.map((project) => run("node_modules/typescript/bin/tsc", "-p", project));
process.exitCode = generated && results.every(Boolean) ? 0 : 1;
