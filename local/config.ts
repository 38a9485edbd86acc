/**
 * Configuration of this copy of Mosaic: the process environment, then `.dev.vars`, then local defaults. A
 * service without an address gets a local one: the WorkOS emulator or a local Convex backend.
 */
import { type Env, isLoopback, readEnv } from "../app/request/env.server.ts";
import { type VariableName, variablesOf } from "../app/request/variables.ts";
import type { Ports } from "./ports.ts";

export type LocalConfig = ConfigValues & {
  /** The validated configuration of the worker. */
  env: Env;
};

/** The merged configuration, not yet validated. */
export type ConfigValues = {
  /** All variables of the worker; optional ones that are not set are empty. */
  worker: Record<string, string>;
  /** The variables of the local Convex backend. */
  convex: Record<string, string>;
  /** Which services are not configured, so that a local one runs in their place. */
  emulated: { workos: boolean; convex: boolean };
  /** Values that are valid but probably a mistake; one sentence each. */
  warnings: string[];
};

/** All names that this file reads. Child processes get them from a file, never from their environment. */
export const CONFIG_NAMES: readonly string[] = [
  ...new Set<string>([...variablesOf("worker"), ...variablesOf("convex")]),
];

/** The local defaults, the same as in `.dev.vars.example`. */
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
  } satisfies Partial<Record<VariableName, string>>;
}

/**
 * The address that makes each default safe: because the defaults are public, each one applies only while that
 * address is on this machine.
 */
const LOCAL_ONLY: Record<string, string> = {
  WORKOS_API_KEY: "WORKOS_API_URL",
  WORKOS_CLIENT_ID: "WORKOS_API_URL",
  WORKOS_WEBHOOK_SECRET: "WORKOS_API_URL",
  ADMIN_EMAILS: "WORKOS_API_URL",
  CONVEX_EDGE_SECRET: "CONVEX_URL",
} satisfies Partial<Record<VariableName, VariableName>>;

/**
 * Returns the merged and validated configuration.
 *
 * @param environment - The process environment. Values set there win, even empty ones.
 * @param devVars - The values of `.dev.vars`.
 * @param ports - The ports of this copy.
 * @param ownPassword - Returns a cookie password for this copy only, for an `APP_URL` outside this machine.
 * @throws {EnvError} with the names of all missing and malformed values, without the values.
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

/** Returns the merged configuration without validation, for the doctor, which reports each problem. */
export function putTogether(
  environment: Record<string, string | undefined>,
  devVars: Record<string, string | undefined>,
  ports: Ports,
  ownPassword: () => string,
): ConfigValues {
  const defaults = localDefaults(ports);
  const given = (name: string) => environment[name] ?? devVars[name];
  const emulated = {
    workos: isOurs(given("WORKOS_API_URL"), ports.workos),
    convex: isOurs(given("CONVEX_URL"), ports.convex),
  };
  const addresses: Record<string, string | undefined> = {
    APP_URL: given("APP_URL") ?? defaults.APP_URL,
    WORKOS_API_URL: emulated.workos ? defaults.WORKOS_API_URL : given("WORKOS_API_URL"),
    CONVEX_URL: emulated.convex ? defaults.CONVEX_URL : given("CONVEX_URL"),
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
    worker: pick(variablesOf("worker")),
    convex: pick(variablesOf("convex")),
    emulated,
    warnings: appUrlWarnings(addresses.APP_URL, ports),
  };
}

/** Returns whether an address is not set, or is the one at which the launcher starts the local service. */
function isOurs(address: string | undefined, port: number): boolean {
  if (address === undefined || address === "") return true;
  const url = URL.parse(address);
  return url !== null && isLoopback(url.hostname) && url.port === String(port);
}

/**
 * Returns whether an address is on this machine. A malformed one counts as local, because readEnv already
 * reports it.
 */
function isLocal(address: string | undefined): boolean {
  const url = URL.parse(address ?? "");
  return url === null || isLoopback(url.hostname);
}

function appUrlWarnings(appUrl: string | undefined, ports: Ports): string[] {
  const url = URL.parse(appUrl ?? "");
  if (url === null || url.protocol !== "http:" || url.port === String(ports.app)) return [];
  return [`APP_URL is not on PORT ${ports.app}: the app takes requests for another origin only.`];
}
