/** Runner for `npm test` and `npm run check`: runs all steps in order, some of them at the same time, and counts the results. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import ownChildren from "../local/exit-cleanly/own-children.cjs";
import { makeTemporaryFolder, type TemporaryFolder, TemporaryFolderError } from "./temporary.ts";

/** A step counts as one result. A vitest step counts as the number of its tests. */
export type Step =
  | { name: string; args: string[]; projects?: undefined }
  /** `atOnce` is the number of parallel test files, if different from `vitest.config.ts`. */
  | { name: string; projects: string[]; atOnce?: number };

/** `words` has one line per failure, so that the end of the output shows every reason. */
type Count = { passed: number; failed: number; words: string[] };

/** Timeout of a step, in milliseconds. All tests are one step. */
const STEP_MS = 1_200_000;

export const TYPECHECK: Step = { name: "typecheck", args: ["tests/typecheck.ts"] };
export const LINT: Step = {
  name: "lint",
  args: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
};
/** Files, exports and dependencies that nothing uses. */
export const UNUSED: Step = { name: "unused code", args: ["node_modules/knip/bin/knip.js", "--no-progress"] };
export const BUILD: Step = { name: "build", args: ["local/build.ts"] };

/** Returns one step that runs these vitest projects. */
export const tests = (...projects: string[]): Extract<Step, { projects: string[] }> => ({
  name: projects.join(", "),
  projects,
});

/** Time between SIGTERM and SIGKILL for a step, in milliseconds. */
const END_MS = 15_000;

const running = new Set<ChildProcess>();
let ending = false;

/**
 * Runs every step, even after a failure, with a temporary folder that is removed at the end. Prints
 * `N passed, N failed` as the last line and sets the exit code. A signal ends the running steps and skips the
 * rest.
 *
 * @param steps - The steps, in order. Those of an array run at the same time.
 * @param stepMs - Timeout of each step, in milliseconds.
 */
export async function runSteps(steps: readonly (Step | readonly Step[])[], stepMs = STEP_MS): Promise<void> {
  ownChildren.handleSignalsMyself();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, endSteps);
  let temporary: TemporaryFolder;
  try {
    temporary = makeTemporaryFolder();
  } catch (error) {
    if (!(error instanceof TemporaryFolderError)) throw error;
    process.stdout.write(`${error.message}\n0 passed, 1 failed\n`);
    process.exitCode = 1;
    return;
  }
  try {
    await runAll(
      steps.map((step) => [step].flat()),
      temporary.path,
      stepMs,
    );
  } finally {
    temporary.remove();
  }
}

/**
 * Ends the running steps. Each step has its own process group, so Ctrl-C in a terminal does not reach it
 * directly.
 */
function endSteps(): void {
  if (ending) return;
  ending = true;
  for (const child of running) {
    child.kill("SIGTERM");
    setTimeout(() => child.pid !== undefined && running.has(child) && killGroup(child.pid), END_MS).unref();
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The process has already exited.
  }
}

async function runAll(groups: readonly Step[][], temporary: string, stepMs: number): Promise<void> {
  const total = { passed: 0, failed: 0 };
  const notPassed: string[] = [];
  const reasons: string[] = [];
  for (const group of groups) {
    if (ending) break;
    await Promise.all(
      group.map(async (step, index) => {
        const start = Date.now();
        // The output of the first is printed as it comes, that of another one when it ends.
        const file = index === 0 ? undefined : join(temporary, `output-${index}`);
        if (file === undefined) process.stdout.write(`\n=== ${step.name}\n`);
        const { passed, failed, words } = await runStep(step, { temporary, stepMs, file });
        if (file !== undefined) process.stdout.write(`\n=== ${step.name}\n${readFileSync(file, "utf8")}`);
        total.passed += passed;
        total.failed += failed;
        if (failed > 0) notPassed.push(step.name);
        reasons.push(...words);
        const seconds = ((Date.now() - start) / 1000).toFixed(1);
        process.stdout.write(`=== ${step.name}: ${passed} passed, ${failed} failed, ${seconds} s\n`);
      }),
    );
  }
  if (ending) total.failed += 1;
  process.stdout.write(notPassed.length === 0 ? "\n" : `\nNot passed: ${notPassed.join("; ")}\n`);
  for (const reason of reasons) process.stdout.write(`  ${reason}\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

type RunOptions = { temporary: string; stepMs: number /** Gets the output. */; file: string | undefined };

async function runStep(step: Step, options: RunOptions): Promise<Count> {
  if (step.projects === undefined) {
    return (await runNode(step.args, options))
      ? { passed: 1, failed: 0, words: [] }
      : { passed: 0, failed: 1, words: [] };
  }
  const report = join(options.temporary, `report-${step.projects.join("-")}.json`);
  const vitest = [
    "node_modules/vitest/vitest.mjs",
    "run",
    ...step.projects.flatMap((project) => ["--project", project]),
    ...(step.atOnce === undefined ? [] : [`--maxWorkers=${step.atOnce}`]),
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  ];
  const good = await runNode(vitest, options);
  const count = readReport(report);
  // A load error, an unhandled rejection or a crash fails the step although no test failed.
  return good || count.failed > 0 ? count : { ...count, failed: 1 };
}

type Report = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; failureMessages: string[] }[];
  }[];
};

function readReport(file: string): Count {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, words: [] }; // vitest crashed before it wrote the report
  }
  const words = report.testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative("", name);
    const failed = assertionResults.filter(({ failureMessages }) => failureMessages.length > 0);
    return [
      ...(message ? [`${file}: ${firstLine(message)}`] : []),
      ...failed.map(({ fullName, failureMessages }) => {
        return `${file}: ${fullName}: ${firstLine(failureMessages[0] ?? "")}`;
      }),
    ];
  });
  return { passed: report.numPassedTests, failed: report.numFailedTests, words };
}

const firstLine = (text: string) => stripVTControlCharacters(text.trim().split("\n", 1)[0] ?? "");

/**
 * Returns variables of a step. They redirect what it writes outside the checkout. HOME stays unchanged: it may be
 * read-only.
 */
function variablesIn(temporary: string): NodeJS.ProcessEnv {
  return {
    TMPDIR: temporary,
    XDG_CONFIG_HOME: join(temporary, "config"),
    XDG_CACHE_HOME: join(temporary, "cache"),
    XDG_DATA_HOME: join(temporary, "data"),
    npm_config_cache: join(temporary, "npm"),
    // No test data has to survive a power failure.
    CONVEX_LOCAL_SYNC: "0",
    // Most processes and worker threads load the same code again. `.ci/run` sets the last one for npm alone.
    CONVEX_LOCAL_BUILDS: join(temporary, "convex-builds"),
    NODE_COMPILE_CACHE: join(temporary, "compile-cache"),
    NODE_DISABLE_COMPILE_CACHE: undefined,
  };
}

function runNode(args: string[], { temporary, stepMs, file }: RunOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const output = file === undefined ? "inherit" : openSync(file, "a");
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", output, output],
      env: { ...process.env, ...variablesIn(temporary) },
      detached: true,
      timeout: stepMs,
    });
    if (output !== "inherit") closeSync(output);
    running.add(child);
    const settle = (good: boolean) => {
      running.delete(child);
      resolve(good);
    };
    child.once("error", () => settle(false));
    child.once("exit", (code) => settle(code === 0));
  });
}
