/** `npm run deploy`: checks the configuration, deploys step by step, and checks the result. */
import { BuildError } from "../launch/build.ts";
import { type Asked, HELP, readAsked, UsageError } from "./asked.ts";
import { CommandError, toolsFor } from "./command.ts";
import { NotLiveError } from "./live.ts";
import { ALL_NAMES, NAMES } from "./names.ts";
import { problemsOf, readSettings, type Settings } from "./settings.ts";
import { type Deployment, STEPS, StoppedError } from "./steps.ts";

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
  return asked.dryRun ? dryRun(asked, settings) : deploy(asked, settings);
}

/**
 * Reads the settings and removes them from the environment, so that each tool gets only the values it needs.
 */
function takeSettings({ environment }: Asked): Settings {
  const settings = readSettings(root, environment);
  for (const name of ALL_NAMES) delete process.env[name];
  return settings;
}

async function dryRun(asked: Asked, settings: Settings): Promise<number> {
  const { environment } = asked;
  say(`A rehearsal of the deploy to ${environment}: nothing is changed, no account is needed.\n`);
  say(`What ${environment} must have, in the environment or in .${environment}.vars:`);
  for (const { name, goes, what } of NAMES.filter(({ needed }) => needed)) {
    say(`  ${name.padEnd(24)} ${goes.join(", ")}: ${what}`);
  }
  say("What it may have:");
  for (const { name, goes, what } of NAMES.filter(({ needed }) => !needed)) {
    say(`  ${name.padEnd(24)} ${goes.join(", ")}: ${what}`);
  }
  say("\nThe steps, in this order (* changes something):");
  STEPS.forEach(({ title, changes }, index) => {
    say(`  ${index + 1}. ${title}${changes ? " *" : ""}`);
  });
  say("");
  const deployment = deploymentOf(asked, settings);
  for (const [index, step] of STEPS.entries()) {
    if (!step.dry) continue;
    say(`Step ${index + 1}: ${step.title}`);
    await step.run(deployment);
  }
  const problems = problemsOf(settings, environment);
  if (problems.length > 0) {
    say(`\nA deploy from here would be rejected now:`);
    for (const { name, message } of problems) say(`  ${name} ${message}`);
  }
  say("\nRehearsed. Nothing was changed.");
  return 0;
}

async function deploy(asked: Asked, settings: Settings): Promise<number> {
  const { environment } = asked;
  const problems = problemsOf(settings, environment);
  if (problems.length > 0) {
    const lines = problems.map(({ name, message }) => `  ${name} ${message}`);
    process.stderr.write(
      `Not deployed, nothing was changed. What is wrong for ${environment}:\n${lines.join("\n")}\n` +
        `Set it in the environment or in .${environment}.vars; docs/deploy.md says where each is found.\n`,
    );
    return 1;
  }
  const deployment = deploymentOf(asked, settings);
  for (const [index, { title, run }] of STEPS.entries()) {
    say(`\nStep ${index + 1} of ${STEPS.length}: ${title}`);
    try {
      stopping.signal.throwIfAborted();
      await run(deployment);
    } catch (error) {
      const reason = explain(error);
      if (reason === null) throw error;
      process.stderr.write(`${reason}\n${progressAt(index)}\n`);
      return 1;
    }
  }
  say(`\nDeployed: ${settings.APP_URL}`);
  return 0;
}

function deploymentOf({ environment }: Asked, settings: Settings): Deployment {
  // Addresses may be shown, credentials may not.
  const secrets = Object.entries(settings)
    .filter(([name]) => /KEY|SECRET|PASSWORD|TOKEN|DSN/.test(name))
    .map(([, value]) => value);
  return {
    root,
    environment,
    settings,
    tools: toolsFor(secrets, (line) => say(`  ${line}`), stopping.signal),
    say: (line) => say(`  ${line}`),
    signal: stopping.signal,
    version: null,
  };
}

/** Returns what was changed before a step failed. */
function progressAt(failed: number): string {
  const step = STEPS[failed];
  const done = STEPS.slice(0, failed).filter(({ changes }) => changes);
  const begun = step?.changes ? ` Step ${failed + 1} may be done in part.` : "";
  const before =
    done.length === 0
      ? "Nothing was changed before it."
      : `Changed so far: ${done.map((one) => `step ${STEPS.indexOf(one) + 1}`).join(", ")}.`;
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
