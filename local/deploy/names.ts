/** All settings of a deployment: where each value goes, and whether it is required. */

export type Goal = "worker secret" | "worker variable" | "Convex variable" | "this command";

export type Name = { name: string; needed: boolean; goes: readonly Goal[]; what: string };

export const NAMES: readonly Name[] = [
  { name: "APP_URL", needed: true, goes: ["worker secret"], what: "the origin at which people open Mosaic" },
  {
    name: "WORKOS_API_KEY",
    needed: true,
    goes: ["worker secret"],
    what: "WorkOS dashboard, API Keys",
  },
  {
    name: "WORKOS_CLIENT_ID",
    needed: true,
    goes: ["worker secret", "Convex variable"],
    what: "WorkOS dashboard, API Keys, of the same environment",
  },
  {
    name: "WORKOS_COOKIE_PASSWORD",
    needed: true,
    goes: ["worker secret"],
    what: "random, 32 characters or more; seals the sessions",
  },
  {
    name: "WORKOS_WEBHOOK_SECRET",
    needed: true,
    goes: ["Convex variable"],
    what: "WorkOS dashboard, Webhooks, the endpoint's Signing secret",
  },
  {
    name: "CONVEX_URL",
    needed: true,
    goes: ["worker secret"],
    what: "Convex dashboard, Settings, URL & Deploy Key, Deployment URL",
  },
  {
    name: "CONVEX_EDGE_SECRET",
    needed: true,
    goes: ["worker secret", "Convex variable"],
    what: "random, 32 characters or more; by it Convex knows the worker",
  },
  {
    name: "ADMIN_EMAILS",
    needed: true,
    goes: ["Convex variable"],
    what: "who becomes admin at their first sign-in; without one nobody ever can",
  },
  {
    name: "CONVEX_DEPLOY_KEY",
    needed: true,
    goes: ["this command"],
    what: "Convex dashboard, Settings, URL & Deploy Key; CONVEX_SELF_HOSTED_ADMIN_KEY where Convex is your own",
  },
  {
    name: "CLOUDFLARE_API_TOKEN",
    needed: true,
    goes: ["this command"],
    what: 'Cloudflare dashboard, My Profile, API Tokens, template "Edit Cloudflare Workers"',
  },
  {
    name: "CLOUDFLARE_ACCOUNT_ID",
    needed: true,
    goes: ["this command"],
    what: "Cloudflare dashboard, Workers & Pages, Account ID",
  },
  {
    name: "WORKOS_API_URL",
    needed: false,
    goes: ["worker variable", "Convex variable"],
    what: "default https://api.workos.com",
  },
  {
    name: "WORKOS_REDIRECT_URI",
    needed: false,
    goes: ["worker variable"],
    what: "default APP_URL with /callback",
  },
  { name: "COOKIE_PREFIX", needed: false, goes: ["worker variable"], what: "__Host- or nothing" },
  { name: "SENTRY_DSN", needed: false, goes: ["worker variable"], what: "error tracking" },
];

/** Optional settings that go nowhere else. */
const ALSO_READ = ["CONVEX_SELF_HOSTED_ADMIN_KEY", "CONVEX_SITE_URL"];

/** All names that the command reads, and removes from its environment before it starts a tool. */
export const ALL_NAMES: readonly string[] = [
  ...NAMES.map(({ name }) => name),
  ...ALSO_READ,
  "CONVEX_DEPLOYMENT",
  "CONVEX_SELF_HOSTED_URL",
];

/** Returns the names of the settings that go there. */
export function goingTo(goal: Goal): string[] {
  return NAMES.filter(({ goes }) => goes.includes(goal)).map(({ name }) => name);
}
