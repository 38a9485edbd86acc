/** `npm run doctor`: reports what is wrong with the configuration and how to fix it. It changes nothing. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { putTogether } from "../config.ts";
import { type Environment, environmentNamed, UsageError } from "../deploy/asked.ts";
import { readSettings, runningProblemsOf, subjectFor } from "../deploy/settings.ts";
import { readDevVars } from "../dev-vars.ts";
import { portsFrom } from "../ports.ts";
import { examine } from "./examine.ts";
import { asJson, asText, CHECKS, type CheckResult, type Finding, fail, notChecked } from "./report.ts";
import { type Subject, subjectOf } from "./subject.ts";

const HELP = `npm run doctor [-- --env production|staging] [--json]

Checks the configuration (environment, .dev.vars, local defaults) against the services that it names.

  --env   what was deployed instead: the environment, then .production.vars or .staging.vars, without local defaults
  --json  an array of {name, status, detail, fix}
`;

/** Placeholder for the password that `npm start` would generate: the doctor writes no file. */
const OWN_PASSWORD = "a password that npm start would make";

/** The configuration cannot be read. */
class UnreadableError extends Error {
  override readonly name = "UnreadableError";
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

type Asked = { environment: Environment | null; json: boolean };

/**
 * Parses the command line.
 *
 * @param args - The arguments after the command's name.
 * @throws {UsageError} when the arguments are invalid.
 */
function readAsked(args: string[]): Asked | "help" {
  const options = {
    env: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  let values: { env?: string; json: boolean; help: boolean };
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${HELP}`);
  }
  if (values.help) return "help";
  return { environment: values.env === undefined ? null : environmentNamed(values.env), json: values.json };
}

/**
 * Returns the configuration to examine.
 *
 * @throws {UnreadableError} when the configuration cannot be read.
 */
function subjectAsked(environment: Environment | null): Subject {
  if (environment !== null) {
    const settings = reading(`.${environment}.vars`, () => readSettings(process.cwd(), environment));
    return { ...subjectFor(settings, environment), problems: runningProblemsOf(settings, environment) };
  }
  const devVars = reading(".dev.vars", () => readDevVars(join(process.cwd(), ".dev.vars")));
  try {
    const config = putTogether(process.env, devVars, portsFrom(process.env.PORT), () => OWN_PASSWORD);
    return subjectOf({ ...devVars, ...process.env }, config);
  } catch (error) {
    if (error instanceof RangeError)
      throw new UnreadableError(error.message, "Set PORT again, or not at all.");
    throw error;
  }
}

/**
 * Returns the result of `read`, and names the file if it fails.
 *
 * @throws {UnreadableError} when the file cannot be read.
 */
function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new UnreadableError(
      `${file} cannot be read`,
      "Make it a file that this user may read, or remove it.",
    );
  }
}

async function run(environment: Environment | null): Promise<CheckResult[]> {
  let subject: Subject;
  try {
    subject = subjectAsked(environment);
  } catch (error) {
    if (error instanceof UnreadableError) return onlyEnvironment(fail(error.message, error.fix));
    throw error;
  }
  return examine(subject);
}

/** Returns the results if the configuration cannot be read. */
function onlyEnvironment(finding: Finding): CheckResult[] {
  const others = notChecked("environment: there is no configuration to look at");
  return CHECKS.map((name) => ({ name, ...(name === "environment" ? finding : others) }));
}

try {
  const asked = readAsked(process.argv.slice(2));
  if (asked === "help") process.stdout.write(HELP);
  else {
    const results = await run(asked.environment);
    process.stdout.write(asked.json ? asJson(results) : asText(results));
    process.exitCode = results.some(({ status }) => status === "fail") ? 1 : 0;
    // A build that was too late may still be at work.
    setTimeout(() => process.exit(), 500).unref();
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
