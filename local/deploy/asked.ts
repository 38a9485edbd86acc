/** Command line of `npm run deploy`. */
import { parseArgs } from "node:util";

export const ENVIRONMENTS = ["production", "staging"] as const;

/** An environment of wrangler.toml. */
export type Environment = (typeof ENVIRONMENTS)[number];

export type Asked = { environment: Environment; dryRun: boolean };

export const HELP = `npm run deploy [-- --env production|staging] [--dry-run]

Puts Convex's functions and the worker into the cloud, in the right order; docs/deploy.md.

  --env       which of wrangler.toml's environments (default: CLOUDFLARE_ENV, else production)
  --dry-run   builds and checks what can be checked here, and says what would be done; needs no account
`;

/** An invalid command line; the message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Parses the command line.
 *
 * @param args - The arguments after the command's name.
 * @param cloudflareEnv - `CLOUDFLARE_ENV`, which selects the environment of wrangler's build.
 * @throws {UsageError} when the arguments are invalid.
 */
export function readAsked(args: string[], cloudflareEnv: string | undefined): Asked | "help" {
  const options = {
    env: { type: "string" },
    "dry-run": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  let values: { env?: string; "dry-run": boolean; help: boolean };
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${HELP}`);
  }
  if (values.help) return "help";
  if (values.env !== undefined && cloudflareEnv && cloudflareEnv !== values.env) {
    throw new UsageError("--env and CLOUDFLARE_ENV name two environments: leave one of them away.");
  }
  const environment = environmentNamed(values.env ?? (cloudflareEnv || "production"));
  return { environment, dryRun: values["dry-run"] };
}

/**
 * Returns the environment with this name.
 *
 * @throws {UsageError} when there is no such environment.
 */
export function environmentNamed(name: string): Environment {
  const environment = ENVIRONMENTS.find((one) => one === name);
  if (environment === undefined) {
    throw new UsageError(`The environment must be one of wrangler.toml's: ${ENVIRONMENTS.join(", ")}.`);
  }
  return environment;
}
