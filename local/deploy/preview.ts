/** Previews: a branch's own worker, with the configuration of staging, and its own Convex preview deployment. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Environment } from "./asked.ts";
import { CommandError, type Tools } from "./command.ts";

/** The names of the workers, the same as in wrangler.toml. */
export const WORKERS: Record<Environment, string> = { production: "mosaic", staging: "mosaic-staging" };

/** The longest label of a host name; the worker's name is one in its workers.dev address. */
const LONGEST_LABEL = 63;

/**
 * Returns the name of a branch's preview: lower-case letters, digits and hyphens. A name that is not the branch's own
 * ends with a hash, so that `feature/x` and `feature-x` have two previews.
 *
 * @param branch - The name of the branch.
 */
export function previewNameOf(branch: string): string {
  const longest = LONGEST_LABEL - WORKERS.staging.length - 1;
  const plain = branch
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  if (plain === branch && plain.length <= longest) return plain;
  const hash = createHash("sha256").update(branch).digest("hex").slice(0, 6);
  return `${plain.slice(0, longest - hash.length - 1)}-${hash}`.replace(/^-|-(?=-)/g, "");
}

/**
 * Returns the name of the worker.
 *
 * @param preview - The name of the preview; null for the environment itself.
 */
export function workerName(environment: Environment, preview: string | null): string {
  return preview === null ? WORKERS[environment] : `${WORKERS[environment]}-${preview}`;
}

/**
 * Deletes the worker of a preview. Convex deletes preview deployments by itself.
 *
 * @param access - The environment variables with which wrangler reaches the account.
 * @returns Whether there was a worker.
 * @throws {CommandError} when wrangler fails for another reason than a missing worker.
 */
export async function removePreview(
  tools: Tools,
  worker: string,
  access: Record<string, string>,
): Promise<boolean> {
  const wrangler = join("node_modules", "wrangler", "bin", "wrangler.js");
  try {
    await tools.run([wrangler, "delete", "--name", worker, "--force"], access);
    return true;
  } catch (error) {
    // The two codes with which Cloudflare says that there is no such worker.
    if (error instanceof CommandError && /code: (10007|10090)\b/.test(error.printed)) return false;
    throw error;
  }
}
