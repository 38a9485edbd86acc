/** Runs the steps of `npm test` and `npm run check` one after the other, all of them, and counts what passed. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** A step counts as one, or, where it is vitest, as its tests. */
export type Step =
  | { name: string; args: string[]; projects?: undefined }
  /** `atOnce`: files side by side, where that is not what `vitest.config.ts` says. */
  | { name: string; projects: string[]; atOnce?: number };

/** `words`: what failed and why, also where another try passed, a line each, for whoever sees only the end of the output. */
type Count = { passed: number; failed: number; words: string[] };

/** A step that takes longer than this many milliseconds hangs, and is ended. */
const STEP_MS = 600_000;

export const TYPECHECK: Step = { name: "typecheck", args: ["tests/typecheck.ts"] };
export const LINT: Step = {
  name: "lint",
  args: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
};
export const BUILD: Step = { name: "build", args: ["local/build.ts"] };

/** The tests of these vitest projects, as one step. */
export const tests = (...projects: string[]): Extract<Step, { projects: string[] }> => ({
  name: projects.join(", "),
  projects,
});

let running: ChildProcess | undefined;
let ending = false;

/** Runs every step, also after one failed. The last line is `N passed, N failed`; sets the process's exit code. */
export async function runSteps(steps: readonly Step[], stepMs = STEP_MS): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      ending = true;
      running?.kill("SIGTERM");
    });
  }
  const total = { passed: 0, failed: 0 };
  const notPassed: string[] = [];
  const reasons: string[] = [];
  for (const step of steps) {
    if (ending) break;
    const start = Date.now();
    process.stdout.write(`\n=== ${step.name}\n`);
    const { passed, failed, words } = await runStep(step, stepMs);
    total.passed += passed;
    total.failed += failed;
    if (failed > 0) notPassed.push(step.name);
    reasons.push(...words);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    process.stdout.write(`=== ${step.name}: ${passed} passed, ${failed} failed, ${seconds} s\n`);
  }
  if (ending) total.failed += 1;
  process.stdout.write(notPassed.length === 0 ? "\n" : `\nNot passed: ${notPassed.join("; ")}\n`);
  for (const reason of reasons) process.stdout.write(`  ${reason}\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

async function runStep(step: Step, stepMs: number): Promise<Count> {
  if (step.projects === undefined) {
    return (await runNode(step.args, stepMs))
      ? { passed: 1, failed: 0, words: [] }
      : { passed: 0, failed: 1, words: [] };
  }
  const folder = mkdtempSync(join(tmpdir(), "mosaic-tests-"));
  const report = join(folder, "report.json");
  const vitest = [
    "node_modules/vitest/vitest.mjs",
    "run",
    ...step.projects.flatMap((project) => ["--project", project]),
    ...(step.atOnce === undefined ? [] : [`--maxWorkers=${step.atOnce}`]),
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  ];
  const good = await runNode(vitest, stepMs);
  const count = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  // A file that does not load, an unhandled rejection, a crash: no test failed, and yet the step did.
  return good || count.failed > 0 ? count : { ...count, failed: 1 };
}

type Report = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
};

function readReport(file: string): Count {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, words: [] }; // it crashed before it wrote one
  }
  const words = report.testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative("", name);
    const tries = assertionResults.filter(({ failureMessages }) => failureMessages.length > 0);
    return [
      ...(message ? [`${file}: ${firstLine(message)}`] : []),
      ...tries.map(({ fullName, status, failureMessages }) => {
        const again = status === "passed" ? " (passed when tried again)" : "";
        return `${file}: ${fullName}${again}: ${firstLine(failureMessages[0] ?? "")}`;
      }),
    ];
  });
  return { passed: report.numPassedTests, failed: report.numFailedTests, words };
}

const firstLine = (text: string) => stripVTControlCharacters(text.trim().split("\n", 1)[0] ?? "");

function runNode(args: string[], timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: "inherit", timeout });
    running = child;
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}
