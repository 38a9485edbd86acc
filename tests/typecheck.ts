/** `npm run typecheck`: generates React Router's route types, then checks every TypeScript project. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** The slowest first. */
const PROJECTS = ["tests", ".", "local", "convex", "packages/convex-local", "packages/workos-local"];
/** Projects checked at the same time. */
const AT_ONCE = 2;

/** Printed lines: several projects report the same error in a file that they share. */
const printed = new Set<string>();

async function run(...args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const output = await Promise.all([text(child.stdout), text(child.stderr)]);
  for (const line of output.join("").split("\n")) {
    if (line !== "" && !printed.has(line)) process.stdout.write(`${line}\n`);
    printed.add(line);
  }
  return (await ended) === 0;
}

let isGood = await run("node_modules/@react-router/dev/bin.cjs", "typegen");
const waiting = PROJECTS.values();
async function checkProjects(): Promise<void> {
  // By default a project is checked by four threads, which check much of it more than once.
  for (const project of waiting)
    isGood = (await run("node_modules/typescript/bin/tsc", "-p", project, "--checkers", "1")) && isGood;
}
await Promise.all(Array.from({ length: AT_ONCE }, checkProjects));
process.exitCode = isGood ? 0 : 1;
