/** Subject of the doctor: the values as `npm start` reads them, and the problems of each. */
import { EnvError, isLoopback, readEnv } from "../../app/request/env.server.ts";
import type { VariableName } from "../../app/request/variables.ts";
import type { ConfigValues } from "../config.ts";
import type { CheckName } from "./report.ts";

export type Problem = { name: string; message: string };

export type Subject = {
  /** All values by name; "" if not set. */
  values: Record<string, string>;
  /** Returns whether the user has set this name. Values that are not set have a local default. */
  isSet(name: string): boolean;
  /** Missing and malformed values, by name. */
  problems: readonly Problem[];
  /** Which services are not configured, so that a local one runs in their place. */
  emulated: { workos: boolean; convex: boolean };
  /** Values that are valid but probably a mistake. */
  warnings: readonly string[];
  /** Whether this is production, which rejects values that are acceptable for a trial. */
  production: boolean;
};

/** Names outside the worker's schema. */
const OTHER_NAMES = ["CONVEX_DEPLOYMENT", "CONVEX_SITE_URL"] as const satisfies VariableName[];

/**
 * Returns the subject for a configuration.
 *
 * @param given - The values of `.dev.vars`, overridden by the process environment.
 * @param config - The same values merged with the local defaults.
 * @param production - Whether this is production.
 */
export function subjectOf(
  given: Record<string, string | undefined>,
  config: ConfigValues,
  production = false,
): Subject {
  const values: Record<string, string> = { ...config.convex, ...config.worker };
  for (const name of OTHER_NAMES) values[name] = given[name] ?? "";
  return {
    values,
    isSet: (name) => (given[name] ?? "") !== "",
    problems: [...workerProblems(config.worker), ...convexProblems(values)],
    emulated: config.emulated,
    warnings: config.warnings,
    production,
  };
}

function workerProblems(worker: Record<string, string>): readonly Problem[] {
  try {
    readEnv(worker);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

// agents:start
/** An email address, alone or in angle brackets after a name. */
const SENDER =
  /^(?:[^\s@<>"',;]+@[^\s@<>"',;]+\.[^\s@<>"',;]+|[^<>@\p{Cc}]+ <[^\s@<>"',;]+@[^\s@<>"',;]+\.[^\s@<>"',;]+>)$/u;
// agents:end

const BARE = "has a space or quotes around it: give the bare value";

/**
 * Returns the problems of values that only Convex and the commands read, so that the worker's schema does not
 * cover them.
 */
export function convexProblems(values: Record<string, string>): Problem[] {
  const problems: Problem[] = [];
  const bare = [
    ...["WORKOS_WEBHOOK_SECRET", "ADMIN_EMAILS"],
    ...["RESEND_API_KEY", "ALERT_EMAIL_FROM"], // agents:line
    ...OTHER_NAMES,
  ];
  for (const name of bare) {
    const value = values[name] ?? "";
    if (value !== value.trim() || /^["'].*["']$/.test(value)) problems.push({ name, message: BARE });
  }
  const emails = (values.ADMIN_EMAILS ?? "").split(",").map((email) => email.trim());
  if (values.ADMIN_EMAILS && !emails.every((email) => /^[^\s@"']+@[^\s@"']+$/.test(email))) {
    problems.push({ name: "ADMIN_EMAILS", message: "must be e-mail addresses with commas between them" });
  }
  // agents:start
  if (values.ALERT_EMAIL_FROM && !SENDER.test(values.ALERT_EMAIL_FROM)) {
    const message = "must be an address such as alerts@example.com or Mosaic <alerts@example.com>";
    problems.push({ name: "ALERT_EMAIL_FROM", message });
  }
  // agents:end
  const site = values.CONVEX_SITE_URL ?? "";
  if (site !== "" && !isGoodOrigin(site)) {
    problems.push({
      name: "CONVEX_SITE_URL",
      message: "must be an origin without a path, such as https://happy-animal-123.convex.site",
    });
  }
  return problems;
}

function isGoodOrigin(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || url.origin !== value) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

/** The check that reports each name; `environment` reports all others. */
const REPORTED_BY: Record<string, CheckName> = {
  ACCESS_CONTACT: "access",
  ALERT_EMAIL_FROM: "alert-email", // agents:line
  ALLOWED_EMAIL_DOMAINS: "access",
  APP_URL: "app-url",
  COOKIE_PREFIX: "cookie-prefix",
  CONVEX_EDGE_SECRET: "edge-secret",
  CONVEX_URL: "convex-url",
  RESEND_API_KEY: "alert-email", // agents:line
  WORKOS_API_KEY: "workos-api-key",
  WORKOS_CLIENT_ID: "workos-client",
  WORKOS_COOKIE_PASSWORD: "cookie-password",
  WORKOS_ORGANIZATION_ID: "access",
  WORKOS_REDIRECT_URI: "redirect-uri",
  WORKOS_ISSUER: "convex-auth",
  WORKOS_WEBHOOK_SECRET: "webhook",
  CONVEX_SITE_URL: "webhook",
} satisfies Partial<Record<VariableName, CheckName>>;

/** Returns the problems that a check reports. Each problem is reported by one check. */
export function problemsFor(subject: Subject, check: CheckName): Problem[] {
  return subject.problems.filter(({ name }) => (REPORTED_BY[name] ?? "environment") === check);
}

/** Returns whether a value is set and well formed. A check that needs an unusable value is skipped. */
export function isUsable(subject: Subject, name: string): boolean {
  return subject.values[name] !== "" && !subject.problems.some((problem) => problem.name === name);
}

/**
 * Returns whether an address is on this machine.
 *
 * @param address - A well-formed URL.
 */
export function isHere(address: string): boolean {
  return isLoopback(new URL(address).hostname);
}
