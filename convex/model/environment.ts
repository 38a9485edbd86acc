/** The only reader of the deployment's variables, so that each one has its rule in one place. */

// Convex offers `process.env` and nothing else of Node's `process`.
declare const process: { env: Record<string, string | undefined> };

const SHORTEST_SECRET = 32;

/** @returns The secret that proves a call comes from the worker; null when it is unset or too short to be one. */
export function edgeSecret(): string | null {
  const secret = process.env.CONVEX_EDGE_SECRET ?? "";
  return secret.length >= SHORTEST_SECRET ? secret : null;
}

/** @returns The e-mails from `ADMIN_EMAILS`, trimmed and lower-cased. */
export function adminEmails(): string[] {
  const list = process.env.ADMIN_EMAILS ?? "";
  return list
    .split(",")
    .map((email) => email.trim().toLowerCase())
    .filter((email) => email !== "");
}

/** @returns The secret that WorkOS signs its webhooks with; null when there is none. */
export function webhookSecret(): string | null {
  return process.env.WORKOS_WEBHOOK_SECRET || null;
}
