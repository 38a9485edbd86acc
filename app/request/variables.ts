/**
 * All configuration variables, and what reads them. The worker's schema, the launcher, the doctor and the
 * deployment use this list; tests compare wrangler.toml, `.dev.vars.example`, the deployment workflow and
 * docs/deploy.md with it. Imports nothing.
 */

type Need = "required" | "optional";

/** Whether the worker, the Convex functions or the commands need a variable. */
type Readers = { worker?: Need; convex?: Need; commands?: Need };

export const VARIABLES = {
  APP_URL: { worker: "required", convex: "required" },
  WORKOS_API_KEY: { worker: "required" },
  WORKOS_CLIENT_ID: { worker: "required", convex: "required" },
  WORKOS_COOKIE_PASSWORD: { worker: "required" },
  WORKOS_WEBHOOK_SECRET: { convex: "required" },
  CONVEX_URL: { worker: "required" },
  CONVEX_EDGE_SECRET: { worker: "required", convex: "required" },
  ADMIN_EMAILS: { convex: "required" },
  CONVEX_DEPLOY_KEY: { commands: "required" },
  CLOUDFLARE_API_TOKEN: { commands: "required" },
  CLOUDFLARE_ACCOUNT_ID: { commands: "required" },
  WORKOS_API_URL: { worker: "optional", convex: "optional" },
  WORKOS_REDIRECT_URI: { worker: "optional" },
  WORKOS_ISSUER: { worker: "optional", convex: "optional" },
  WORKOS_ORGANIZATION_ID: { worker: "optional", convex: "optional" },
  ALLOWED_EMAIL_DOMAINS: { worker: "optional", convex: "optional" },
  ACCESS_CONTACT: { worker: "optional" },
  COOKIE_PREFIX: { worker: "optional" },
  SENTRY_DSN: { worker: "optional" },
  HEALTH_SECRET: { worker: "optional" }, // agents:line
  RESEND_API_KEY: { convex: "optional" }, // agents:line
  ALERT_EMAIL_FROM: { convex: "optional" }, // agents:line
  CONVEX_DEPLOYMENT: { commands: "optional" },
  CONVEX_SELF_HOSTED_ADMIN_KEY: { commands: "optional" },
  CONVEX_SELF_HOSTED_URL: { commands: "optional" },
  CONVEX_SITE_URL: { commands: "optional" },
} as const satisfies Record<string, Readers>;

export type VariableName = keyof typeof VARIABLES;

/** Names of the variables that something reads. */
export type ReadBy<Reader extends keyof Readers> = {
  [Name in VariableName]: (typeof VARIABLES)[Name] extends Record<Reader, Need> ? Name : never;
}[VariableName];

/**
 * Returns the names of the variables that something reads.
 *
 * @param need - Only those that it requires, or only the optional ones.
 */
export function variablesOf<Reader extends keyof Readers>(reader: Reader, need?: Need): ReadBy<Reader>[] {
  const reads = (name: string, readers: Readers): name is ReadBy<Reader> =>
    readers[reader] !== undefined && (need ?? readers[reader]) === readers[reader] && name in VARIABLES;
  return Object.entries(VARIABLES).flatMap(([name, readers]) => (reads(name, readers) ? [name] : []));
}
