/** Fixes: where each value is set and found, in the terms of the dashboards. */
import type { ReadBy } from "../../app/request/variables.ts";

const WORKOS = "WorkOS dashboard (dashboard.workos.com), the right environment chosen at the top";
const CONVEX = "Convex dashboard, the deployment's Settings";

/** Where to find each value. */
const SOURCES: Record<string, string> = {
  APP_URL: "the address at which people open Mosaic",
  ACCESS_CONTACT: "an e-mail or https address, or nothing",
  ALLOWED_EMAIL_DOMAINS: "the domains of your users' e-mails, such as example.com,example.org, or nothing",
  COOKIE_PREFIX: "__Host- or nothing",
  HEALTH_SECRET: "random, 32 characters or more", // agents:line
  RESEND_API_KEY: "Resend dashboard, API Keys", // agents:line
  ALERT_EMAIL_FROM: "an address at a domain that Resend has verified, such as Mosaic <alerts@example.com>", // agents:line
  SENTRY_DSN: "Sentry, Project Settings, Client Keys (DSN)",
  ADMIN_EMAILS: "the e-mails of the first admins",
  CONVEX_DEPLOYMENT: `${CONVEX}, URL & Deploy Key`,
  CONVEX_EDGE_SECRET:
    "a random value, the same for the worker and in Convex: node -p \"crypto.randomBytes(32).toString('hex')\"",
  CONVEX_SITE_URL: `${CONVEX}, URL & Deploy Key, HTTP Actions URL`,
  CONVEX_URL: `${CONVEX}, URL & Deploy Key, Deployment URL`,
  WORKOS_API_KEY: `${WORKOS}, API Keys`,
  WORKOS_API_URL: "https://api.workos.com, or nothing",
  WORKOS_CLIENT_ID: `${WORKOS}, API Keys, Client ID`,
  WORKOS_COOKIE_PASSWORD: "a random value: node -p \"crypto.randomBytes(32).toString('hex')\"",
  WORKOS_ORGANIZATION_ID: `${WORKOS}, Organizations, the organization's ID (org_…), or nothing`,
  WORKOS_ISSUER: "the issuers of a custom authentication domain, or nothing",
  WORKOS_REDIRECT_URI: "nothing: the default is APP_URL with /callback",
  WORKOS_WEBHOOK_SECRET: `${WORKOS}, Webhooks, the endpoint's Signing secret`,
} satisfies Record<ReadBy<"worker"> | ReadBy<"convex"> | "CONVEX_DEPLOYMENT" | "CONVEX_SITE_URL", string>;

/** Returns the fix for a value that is missing or malformed. */
export function setAgain(name: string): string {
  return `Set ${name} (in the environment or .dev.vars; for what is deployed, .production.vars or .staging.vars, then npm run deploy) to ${SOURCES[name] ?? "a good value"}.`;
}

export const FIX = {
  apiKey: `${WORKOS}, API Keys: create a key and set it as WORKOS_API_KEY; deployed, it is a secret of the Cloudflare worker, which npm run deploy writes.`,
  client: `${WORKOS}, API Keys: copy the Client ID beside the key that WORKOS_API_KEY is, both of one environment.`,
  cookiePrefix:
    "Set COOKIE_PREFIX to __Host- before the first users sign in, because it signs out all users (docs/deploy.md).",
  signOut: (appUrl: string) =>
    `${WORKOS}, Redirects: add ${appUrl} to the Sign-out redirects and make it the default; otherwise users end on an error page of WorkOS after they sign out.`,
  redirects: (uri: string) => `${WORKOS}, Redirects: add ${uri} to the Redirect URIs.`,
  appUrl: (appUrl: string) =>
    `Set APP_URL to the app's origin; then in the ${WORKOS}, Redirects: Redirect URI ${appUrl}/callback, Sign-out redirect ${appUrl}, Sign-in URL ${appUrl}/api/auth/login.`,
  workosEmulator:
    "Nothing, to work on this machine. For the real WorkOS set WORKOS_API_URL=https://api.workos.com with WORKOS_API_KEY and WORKOS_CLIENT_ID (docs/WORKOS_QUICKSTART.md).",
  convexEmulator:
    "Nothing, to work on this machine. For a Convex deployment set CONVEX_URL and CONVEX_EDGE_SECRET (docs/deploy.md).",
  alertEmail: "Set RESEND_API_KEY and ALERT_EMAIL_FROM (docs/deploy.md), unless email is not wanted.", // agents:line
  access:
    "Set WORKOS_ORGANIZATION_ID or ALLOWED_EMAIL_DOMAINS (docs/deploy.md), unless everyone is meant to use it.",
  nothingHere: "Nothing, to work on this machine.",
  convexUrl: `${CONVEX}, URL & Deploy Key: copy the Deployment URL into CONVEX_URL.`,
  push: "npm run deploy puts this checkout's functions there (for a development deployment: npx convex dev --once).",
  convexVariables: (names: string) =>
    `${CONVEX}, Environment Variables: set ${names} as they are here, then push the functions again (npm run deploy does both).`,
  webhooks: (url: string) =>
    `${WORKOS}, Webhooks: endpoint ${url}; its Signing secret as WORKOS_WEBHOOK_SECRET in Convex's Environment Variables (npm run deploy writes it).`,
  unreachable: (name: string, status: string) =>
    `Look whether ${name} is right, whether this machine reaches the internet (proxy, firewall), and at ${status}.`,
} as const;

export const STATUS_PAGES = { workos: "status.workos.com", convex: "status.convex.dev" } as const;
