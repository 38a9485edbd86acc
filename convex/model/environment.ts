/** Environment variables of the deployment. Only this file reads them. */

import { isLoopback } from "./alerts/addresses.ts";
import { secretsIn } from "./edgeProof.ts";
import { type EntryRule, emailDomainsIn } from "./entryRule.ts";

// Convex provides `process.env`, and nothing else of Node's `process`.
declare const process: { env: Record<string, string | undefined> };

const SHORTEST_SECRET = 32;

/** Returns the secrets that prove a call of the worker, newest first; empty if none is set or one is too short. */
export function edgeSecrets(): string[] {
  return secretsIn(process.env.CONVEX_EDGE_SECRET ?? "", SHORTEST_SECRET);
}

/** Returns the e-mails from `ADMIN_EMAILS`, trimmed and lower-cased. */
export function adminEmails(): string[] {
  const list = process.env.ADMIN_EMAILS ?? "";
  return list
    .split(",")
    .map((email) => email.trim().toLowerCase())
    .filter((email) => email !== "");
}

/** Returns the id of our client at WorkOS; null if it is unset. */
export function workosClientId(): string | null {
  return process.env.WORKOS_CLIENT_ID || null;
}

/** Returns who may enter this deployment. */
export function entryRule(): EntryRule & Pick<Setup, "emailDomains"> {
  return {
    organizationId: process.env.WORKOS_ORGANIZATION_ID || null,
    emailDomains: emailDomainsIn(process.env.ALLOWED_EMAIL_DOMAINS ?? ""),
  };
}

/** Returns the secret that WorkOS signs its webhooks with; null if it is unset. */
export function webhookSecret(): string | null {
  return process.env.WORKOS_WEBHOOK_SECRET || null;
}

// agents:start
/** Returns the origin of the app, for links in messages; null if it is unset. */
export function appUrl(): string | null {
  return process.env.APP_URL || null;
}

/** Returns whether the functions run on a local Convex backend, which answers on this machine only. */
export function isLocalBackend(): boolean {
  return isLoopbackUrl(process.env.CONVEX_SITE_URL);
}

/** How emails about alerts are sent; null if they cannot be. */
export type Mailer =
  | { kind: "resend"; url: string; key: string; from: string }
  | { kind: "outbox"; url: string; from: string };

/**
 * Returns how emails are sent: through Resend if it is configured, otherwise locally to the outbox of the
 * WorkOS emulator.
 */
export function mailer(): Mailer | null {
  const { RESEND_API_KEY: key, ALERT_EMAIL_FROM: from, RESEND_API_URL, WORKOS_API_URL } = process.env;
  // Another address of Resend is for tests on this machine.
  const resend = isLoopbackUrl(RESEND_API_URL) ? RESEND_API_URL : "https://api.resend.com";
  if (key && from) return { kind: "resend", url: `${resend}/emails`, key, from };
  if (!isLocalBackend() || !isLoopbackUrl(WORKOS_API_URL)) return null;
  return { kind: "outbox", url: `${WORKOS_API_URL}/_local/outbox`, from: from || "alerts@mosaic.localhost" };
}

function isLoopbackUrl(text: string | undefined): text is string {
  return text !== undefined && URL.canParse(text) && isLoopback(new URL(text).hostname);
}
// agents:end

/** Settings of the deployment that callers with the worker's proof may read. None is a secret. */
export type Setup = {
  /** Fingerprint of the deployed function sources; null if it was not recorded. */
  fingerprint: string | null;
  /** Base URL of the HTTP actions. Convex sets it. */
  siteUrl: string | null;
  workosApiUrl: string | null;
  workosClientId: string | null;
  workosIssuer: string | null;
  hasWebhookSecret: boolean;
  organizationId: string | null;
  emailDomains: string[] | null;
};

/** Returns the settings of the deployment. */
export function setup(): Setup {
  return {
    fingerprint: process.env.FUNCTIONS_FINGERPRINT || null,
    siteUrl: process.env.CONVEX_SITE_URL || null,
    workosApiUrl: process.env.WORKOS_API_URL || null,
    workosClientId: workosClientId(),
    workosIssuer: process.env.WORKOS_ISSUER || null,
    hasWebhookSecret: webhookSecret() !== null,
    ...entryRule(),
  };
}
