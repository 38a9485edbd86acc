/** All settings of a deployment: where each value goes, and whether it is required. */
import { type ReadBy, VARIABLES, type VariableName, variablesOf } from "../../app/request/variables.ts";

export type Goal = "worker secret" | "worker variable" | "Convex variable" | "this command";

export type Name = { name: string; needed: boolean; goes: readonly Goal[]; what: string };

/** What each setting is, or where to find it. */
const WHAT: Record<Exclude<VariableName, (typeof ALSO_READ)[number]>, string> = {
  APP_URL: "the origin at which people open Mosaic",
  WORKOS_API_KEY: "WorkOS dashboard, API Keys",
  WORKOS_CLIENT_ID: "WorkOS dashboard, API Keys, of the same environment",
  WORKOS_COOKIE_PASSWORD: "random, 32 characters or more; seals the sessions",
  WORKOS_WEBHOOK_SECRET: "WorkOS dashboard, Webhooks, the endpoint's Signing secret",
  CONVEX_URL: "Convex dashboard, Settings, URL & Deploy Key, Deployment URL",
  CONVEX_EDGE_SECRET: "random, 32 characters or more; proves to Convex that a call is from the worker",
  ADMIN_EMAILS: "users who become admin at their first sign-in; without it there is never an admin",
  CONVEX_DEPLOY_KEY:
    "Convex dashboard, Settings, URL & Deploy Key; CONVEX_SELF_HOSTED_ADMIN_KEY for a self-hosted Convex",
  CLOUDFLARE_API_TOKEN: 'Cloudflare dashboard, My Profile, API Tokens, template "Edit Cloudflare Workers"',
  CLOUDFLARE_ACCOUNT_ID: "Cloudflare dashboard, Workers & Pages, Account ID",
  WORKOS_API_URL: "default https://api.workos.com",
  WORKOS_ISSUER: "further issuers of access tokens, for a custom authentication domain",
  WORKOS_REDIRECT_URI: "default APP_URL with /callback",
  WORKOS_ORGANIZATION_ID: "only members of this organization may enter; WorkOS dashboard, Organizations",
  ALLOWED_EMAIL_DOMAINS: "only users with an e-mail in these domains may enter",
  ACCESS_CONTACT: "contact on the page for users who may not enter",
  COOKIE_PREFIX: "__Host- or nothing",
  SENTRY_DSN: "error tracking",
  HEALTH_SECRET: "random, 32 characters or more; allows GET /healthz?deep", // agents:line
  RESEND_API_KEY: "Resend dashboard, API Keys; for alerts by email", // agents:line
  ALERT_EMAIL_FROM: "the sender of these emails, at a domain that Resend has verified", // agents:line
};

/** Optional settings that only the command reads. */
const ALSO_READ = [
  "CONVEX_DEPLOYMENT",
  "CONVEX_SELF_HOSTED_ADMIN_KEY",
  "CONVEX_SELF_HOSTED_URL",
  "CONVEX_SITE_URL",
] as const satisfies ReadBy<"commands">[];

const SETTINGS: Record<Goal, readonly string[]> = {
  "worker secret": variablesOf("worker", "required"),
  "worker variable": variablesOf("worker", "optional"),
  "Convex variable": variablesOf("convex"),
  "this command": variablesOf("commands", "required"),
};

const GOALS = ["worker secret", "worker variable", "Convex variable", "this command"] as const;

const OPTIONAL: readonly string[] = [
  ...variablesOf("worker", "optional"),
  ...variablesOf("convex", "optional"),
];

export const NAMES: readonly Name[] = Object.entries(WHAT).map(([name, what]) => ({
  name,
  needed: !OPTIONAL.includes(name),
  goes: GOALS.filter((goal) => SETTINGS[goal].includes(name)),
  what,
}));

/** All names that the command reads, and removes from its environment before it starts a tool. */
export const ALL_NAMES: readonly string[] = Object.keys(VARIABLES);

/** Returns the names of the settings that go there. */
export function goingTo(goal: Goal): readonly string[] {
  return SETTINGS[goal];
}
