/** Command line of `npm run deploy`. */
import { parseArgs } from "node:util";
import { previewNameOf } from "./preview.ts";

export const ENVIRONMENTS = ["production", "staging"] as const;

/** An environment of wrangler.toml. */
export type Environment = (typeof ENVIRONMENTS)[number];

export type Asked = {
  environment: Environment;
  /** The name of the preview; null for the environment itself. */
  preview: string | null;
  /** Whether to remove the preview. */
  remove: boolean;
  dryRun: boolean;
};

export const HELP = `npm run deploy [-- --env production|staging] [--dry-run]
npm run deploy -- --preview BRANCH [--remove] [--dry-run]

Puts Convex's functions and the worker into the cloud, in the right order; docs/deploy.md.

  --env       which of wrangler.toml's environments (default: CLOUDFLARE_ENV, else production)
  --preview   a preview of this branch, with staging's configuration and the values of .preview.vars
  --remove    deletes the preview's worker
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
    preview: { type: "string" },
    remove: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  let values: { env?: string; preview?: string; remove: boolean; "dry-run": boolean; help: boolean };
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${HELP}`);
  }
  if (values.help) return "help";
  if (values.env !== undefined && cloudflareEnv && cloudflareEnv !== values.env) {
    throw new UsageError("--env and CLOUDFLARE_ENV name two environments: leave one of them away.");
  }
  const { preview: branch, remove, "dry-run": dryRun } = values;
  if (branch === undefined && remove) throw new UsageError("--remove needs --preview BRANCH.");
  if (remove && dryRun) throw new UsageError("--remove has no --dry-run.");
  const preferred = values.env ?? (cloudflareEnv || (branch === undefined ? "production" : "staging"));
  const environment = environmentNamed(preferred);
  if (branch === undefined) return { environment, preview: null, remove, dryRun };
  if (branch.trim() === "") throw new UsageError("--preview needs the name of a branch.");
  if (environment !== "staging") throw new UsageError("A preview has the configuration of staging.");
  return { environment, preview: previewNameOf(branch), remove, dryRun };
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
