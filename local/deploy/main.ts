/** `npm run deploy`: checks the configuration, deploys step by step, and checks the result. */
import { appendFileSync } from "node:fs";
import type { Problem } from "../doctor/subject.ts";
import { BuildError } from "../launch/build.ts";
import { type Asked, HELP, readAsked, UsageError } from "./asked.ts";
import { CommandError, toolsFor } from "./command.ts";
import { NotLiveError } from "./live.ts";
import { ALL_NAMES, NAMES } from "./names.ts";
import { removePreview, workerName } from "./preview.ts";
import { problemsOf, readSettings, type Settings, valuesFile } from "./settings.ts";
import { type Deployment, type Step, StoppedError, stepsOf } from "./steps.ts";

const root = process.cwd();
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const asked = readAsked(process.argv.slice(2), process.env.CLOUDFLARE_ENV);
  if (asked === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const settings = takeSettings(asked);
  if (asked.dryRun) return dryRun(asked, settings);
  return asked.remove ? remove(asked, settings) : deploy(asked, settings);
}

/**
 * Reads the settings and removes them from the environment, so that each tool gets only the values it needs.
 */
function takeSettings({ environment, preview }: Asked): Settings {
  const settings = readSettings(root, environment, preview);
  for (const name of ALL_NAMES) delete process.env[name];
  return settings;
}

async function dryRun(asked: Asked, settings: Settings): Promise<number> {
  const { environment, preview } = asked;
  const steps = stepsOf(preview);
  const target = targetOf(asked);
  say(`A rehearsal of the deploy to ${target}: nothing is changed, no account is needed.\n`);
  say(`What ${target} must have, in the environment or in ${valuesFile(environment, preview)}:`);
  for (const { name, goes, what } of NAMES.filter(({ needed }) => needed)) {
    if (preview !== null && name === "CONVEX_URL") continue;
    say(`  ${name.padEnd(24)} ${goes.join(", ")}: ${what}`);
  }
  say("What it may have:");
  for (const { name, goes, what } of NAMES.filter(({ needed }) => !needed)) {
    say(`  ${name.padEnd(24)} ${goes.join(", ")}: ${what}`);
  }
  say("\nThe steps, in this order (* changes something):");
  steps.forEach(({ title, changes }, index) => {
    say(`  ${index + 1}. ${title}${changes ? " *" : ""}`);
  });
  say("");
  const deployment = deploymentOf(asked, settings);
  for (const [index, step] of steps.entries()) {
    if (!step.dry) continue;
    say(`Step ${index + 1}: ${step.title}`);
    await step.run(deployment);
  }
  const problems = problemsOf(settings, environment, preview);
  if (problems.length > 0) {
    say(`\nA deploy from here would be rejected now:`);
    for (const { name, message } of problems) say(`  ${name} ${message}`);
  }
  say("\nRehearsed. Nothing was changed.");
  return 0;
}

/** Returns the environment or the preview, for the user. */
function targetOf({ environment, preview }: Asked): string {
  return preview === null ? environment : `the preview ${preview}`;
}

/** Reports the problems. Returns whether there are any. */
function areRejected(problems: Problem[], asked: Asked): boolean {
  if (problems.length === 0) return false;
  const lines = problems.map(({ name, message }) => `  ${name} ${message}`);
  const file = valuesFile(asked.environment, asked.preview);
  process.stderr.write(
    `Not ${asked.remove ? "removed" : "deployed"}, nothing was changed. What is wrong for ${targetOf(asked)}:\n${lines.join("\n")}\n` +
      `Set it in the environment or in ${file}; docs/deploy.md says where each is found.\n`,
  );
  return true;
}

async function deploy(asked: Asked, settings: Settings): Promise<number> {
  const { environment, preview } = asked;
  if (areRejected(problemsOf(settings, environment, preview), asked)) return 1;
  const deployment = deploymentOf(asked, settings);
  const steps = stepsOf(preview);
  for (const [index, { title, run }] of steps.entries()) {
    say(`\nStep ${index + 1} of ${steps.length}: ${title}`);
    try {
      stopping.signal.throwIfAborted();
      await run(deployment);
    } catch (error) {
      const reason = explain(error);
      if (reason === null) throw error;
      process.stderr.write(`${reason}\n${progressAt(steps, index)}\n`);
      return 1;
    }
  }
  say(`\nDeployed: ${settings.APP_URL}`);
  // The address that the workflow shows.
  const { GITHUB_OUTPUT } = process.env;
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `url=${settings.APP_URL}\n`);
  return 0;
}

async function remove(asked: Asked, settings: Settings): Promise<number> {
  const { CLOUDFLARE_API_TOKEN = "", CLOUDFLARE_ACCOUNT_ID = "" } = settings;
  const access = { CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID };
  const needed = problemsOf(settings, asked.environment, asked.preview).filter(({ name }) => name in access);
  if (areRejected(needed, asked)) return 1;
  const worker = workerName(asked.environment, asked.preview);
  const wasThere = await removePreview(deploymentOf(asked, settings).tools, worker, access);
  say(wasThere ? `Removed: ${worker}` : `There is no worker ${worker}.`);
  return 0;
}

function deploymentOf({ environment, preview }: Asked, settings: Settings): Deployment {
  // Addresses may be shown, credentials may not.
  const secrets = Object.entries(settings)
    .filter(([name]) => /KEY|SECRET|PASSWORD|TOKEN|DSN/.test(name))
    .map(([, value]) => value);
  return {
    root,
    environment,
    preview,
    settings,
    tools: toolsFor(secrets, (line) => say(`  ${line}`), stopping.signal),
    say: (line) => say(`  ${line}`),
    signal: stopping.signal,
    version: null,
  };
}

/** Returns what was changed before a step failed. */
function progressAt(steps: readonly Step[], failed: number): string {
  const step = steps[failed];
  const done = steps.slice(0, failed).filter(({ changes }) => changes);
  const begun = step?.changes ? ` Step ${failed + 1} may be done in part.` : "";
  const before =
    done.length === 0
      ? "Nothing was changed before it."
      : `Changed so far: ${done.map((one) => `step ${steps.indexOf(one) + 1}`).join(", ")}.`;
  return `Stopped at step ${failed + 1} (${step?.title}). ${before}${begun} Every step may be repeated: mend it and run the same command again.`;
}

function explain(error: unknown): string | null {
  if (stopping.signal.aborted) return "Interrupted.";
  const forPeople = [StoppedError, CommandError, BuildError, NotLiveError];
  return forPeople.some((kind) => error instanceof kind) ? (error as Error).message : null;
}

try {
  process.exitCode = await main();
} catch (error) {
  const reason = error instanceof UsageError ? error.message : explain(error);
  if (reason === null) throw error;
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}
