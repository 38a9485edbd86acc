/** `npm run typecheck`: every TypeScript project of the house, after React Router has written its route types. */
import { spawnSync } from "node:child_process";

const PROJECTS = [".", "convex", "local", "tests"];

function run(...args: string[]): boolean {
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status === 0;
}

const generated = run("node_modules/@react-router/dev/bin.cjs", "typegen");
const results = PROJECTS.map((project) => run("node_modules/typescript/bin/tsc", "-p", project));
process.exitCode = generated && results.every(Boolean) ? 0 : 1;
