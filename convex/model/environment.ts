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

/** What of the deployment's setting up may be told to whoever has the edge secret: no secret is among it. */
export type Setup = {
  /** Which sources the functions were made from; null where nothing has noted it. */
  fingerprint: string | null;
  /** Where HTTP actions answer. Convex itself sets it. */
  siteUrl: string | null;
  workosApiUrl: string | null;
  workosClientId: string | null;
  hasWebhookSecret: boolean;
};

export function setup(): Setup {
  return {
    fingerprint: process.env.FUNCTIONS_FINGERPRINT || null,
    siteUrl: process.env.CONVEX_SITE_URL || null,
    workosApiUrl: process.env.WORKOS_API_URL || null,
    workosClientId: process.env.WORKOS_CLIENT_ID || null,
    hasWebhookSecret: webhookSecret() !== null,
  };
}
