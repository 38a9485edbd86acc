/**
 * What this copy of Mosaic is configured with: the process environment, then `.dev.vars`, then local defaults.
 * What has no address of its own gets a stand-in.
 */
import { type Env, isLoopback, readEnv } from "../app/env.server.ts";
import type { Ports } from "./ports.ts";

export type LocalConfig = ConfigValues & {
  /** The worker's configuration, checked. */
  env: Env;
};

/** A configuration put together, and not yet checked. */
export type ConfigValues = {
  /** Every variable that the worker gets; an optional one that is not set is empty. */
  worker: Record<string, string>;
  /** The variables of a local Convex's functions. */
  convex: Record<string, string>;
  /** Which services are not configured and must be stood in for. */
  standIns: { workos: boolean; convex: boolean };
  /** What is allowed, but probably not meant; one sentence each. */
  warnings: string[];
};

/** The names that wrangler.toml passes to the worker. */
export const WORKER_NAMES = [
  "APP_URL",
  "CONVEX_EDGE_SECRET",
  "CONVEX_URL",
  "COOKIE_PREFIX",
  "SENTRY_DSN",
  "WORKOS_API_KEY",
  "WORKOS_API_URL",
  "WORKOS_CLIENT_ID",
  "WORKOS_COOKIE_PASSWORD",
  "WORKOS_REDIRECT_URI",
] as const;

/** What Convex's functions read: the edge secret and WorkOS's address must be the worker's own. */
const CONVEX_NAMES = [
  "ADMIN_EMAILS",
  "CONVEX_EDGE_SECRET",
  "WORKOS_API_URL",
  "WORKOS_CLIENT_ID",
  "WORKOS_WEBHOOK_SECRET",
] as const;

/** Every name that this file looks at. A child process gets them from a file, never from its environment. */
export const CONFIG_NAMES: readonly string[] = [...new Set([...WORKER_NAMES, ...CONVEX_NAMES])];

/** The local defaults, as `.dev.vars.example` has them. */
export function localDefaults(ports: Ports): Record<string, string> {
  return {
    APP_URL: `http://localhost:${ports.app}`,
    WORKOS_API_KEY: "sk_local_mosaic_not_a_secret",
    WORKOS_CLIENT_ID: "client_local_mosaic",
    WORKOS_COOKIE_PASSWORD: "local-only-cookie-password-change-me-0001",
    WORKOS_API_URL: `http://127.0.0.1:${ports.workos}`,
    WORKOS_WEBHOOK_SECRET: "whsec_local_mosaic_not_a_secret",
    CONVEX_URL: `http://127.0.0.1:${ports.convex}`,
    CONVEX_EDGE_SECRET: "local-only-edge-secret-change-me-0000001",
    ADMIN_EMAILS: "ada@example.com",
  };
}

/**
 * A default that everybody can read in this file protects nothing outside this machine, so each holds only
 * while the address beside it is this machine's own.
 */
const LOCAL_ONLY: Record<string, string> = {
  WORKOS_API_KEY: "WORKOS_API_URL",
  WORKOS_CLIENT_ID: "WORKOS_API_URL",
  WORKOS_WEBHOOK_SECRET: "WORKOS_API_URL",
  ADMIN_EMAILS: "WORKOS_API_URL",
  CONVEX_EDGE_SECRET: "CONVEX_URL",
};

/**
 * Puts the configuration together and checks it.
 *
 * @param environment The process environment. What is set there wins, also when it is empty.
 * @param devVars What `.dev.vars` says.
 * @param ownPassword Gives a cookie password of this copy's own, for an APP_URL outside this machine.
 * @throws EnvError with everything that is missing or malformed, by name and without a value.
 */
export function readConfig(
  environment: Record<string, string | undefined>,
  devVars: Record<string, string | undefined>,
  ports: Ports,
  ownPassword: () => string,
): LocalConfig {
  const values = putTogether(environment, devVars, ports, ownPassword);
  return { ...values, env: readEnv(values.worker) };
}

/** The same, unchecked: for the doctor, who tells what is wrong with each value. */
export function putTogether(
  environment: Record<string, string | undefined>,
  devVars: Record<string, string | undefined>,
  ports: Ports,
  ownPassword: () => string,
): ConfigValues {
  const defaults = localDefaults(ports);
  const given = (name: string) => environment[name] ?? devVars[name];
  const standIns = {
    workos: isOurs(given("WORKOS_API_URL"), ports.workos),
    convex: isOurs(given("CONVEX_URL"), ports.convex),
  };
  const addresses: Record<string, string | undefined> = {
    APP_URL: given("APP_URL") ?? defaults.APP_URL,
    WORKOS_API_URL: standIns.workos ? defaults.WORKOS_API_URL : given("WORKOS_API_URL"),
    CONVEX_URL: standIns.convex ? defaults.CONVEX_URL : given("CONVEX_URL"),
  };
  const value = (name: string) => {
    if (name in addresses) return addresses[name] ?? "";
    if (name === "WORKOS_COOKIE_PASSWORD" && !isLocal(addresses.APP_URL)) return given(name) ?? ownPassword();
    const guardian = LOCAL_ONLY[name];
    const fallback = guardian === undefined || isLocal(addresses[guardian]) ? defaults[name] : undefined;
    return given(name) ?? fallback ?? "";
  };
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, value(name)]));
  return {
    worker: pick(WORKER_NAMES),
    convex: pick(CONVEX_NAMES),
    standIns,
    warnings: appUrlWarnings(addresses.APP_URL, ports),
  };
}

/** Not set, or the address at which the launcher itself would put the stand-in. */
function isOurs(address: string | undefined, port: number): boolean {
  if (address === undefined || address === "") return true;
  const url = URL.parse(address);
  return url !== null && isLoopback(url.hostname) && url.port === String(port);
}

/** A malformed address counts as local here; readEnv reports it, and one report is enough. */
function isLocal(address: string | undefined): boolean {
  const url = URL.parse(address ?? "");
  return url === null || isLoopback(url.hostname);
}

function appUrlWarnings(appUrl: string | undefined, ports: Ports): string[] {
  const url = URL.parse(appUrl ?? "");
  if (url === null || url.protocol !== "http:" || url.port === String(ports.app)) return [];
  return [`APP_URL is not on PORT ${ports.app}: the app takes requests for another origin only.`];
}
