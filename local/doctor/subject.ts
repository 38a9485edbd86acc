/** What the doctor examines: the values as `npm start` reads them, and what is wrong with each by itself. */
import { EnvError, isLoopback, readEnv } from "../../app/env.server.ts";
import type { ConfigValues } from "../config.ts";
import type { CheckName } from "./report.ts";

export type Problem = { name: string; message: string };

export type Subject = {
  /** Every value by name; what is not set is "". */
  values: Record<string, string>;
  /** Whether a person has set this name: what nobody set has a local default. */
  isSet(name: string): boolean;
  /** What is malformed or missing, by name. */
  problems: readonly Problem[];
  /** Which services are not configured. */
  standIns: { workos: boolean; convex: boolean };
  /** What is allowed and probably not meant. */
  warnings: readonly string[];
  /** `production` is more strict: what is good for a trial is wrong there. */
  production: boolean;
};

/** Names that no schema of the worker knows. */
const OTHER_NAMES = ["CONVEX_DEPLOYMENT", "CONVEX_SITE_URL"] as const;

/**
 * @param given What the process environment and `.dev.vars` say, the environment's before.
 * @param config The same, put together with the local defaults.
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
    standIns: config.standIns,
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

const BARE = "has a space or quotes around it: give the bare value";

/** What only Convex and the commands read; the worker's schema does not have them. */
export function convexProblems(values: Record<string, string>): Problem[] {
  const problems: Problem[] = [];
  const bare = ["WORKOS_WEBHOOK_SECRET", "ADMIN_EMAILS", ...OTHER_NAMES];
  for (const name of bare) {
    const value = values[name] ?? "";
    if (value !== value.trim() || /^["'].*["']$/.test(value)) problems.push({ name, message: BARE });
  }
  const emails = (values.ADMIN_EMAILS ?? "").split(",").map((email) => email.trim());
  if (values.ADMIN_EMAILS && !emails.every((email) => /^[^\s@"']+@[^\s@"']+$/.test(email))) {
    problems.push({ name: "ADMIN_EMAILS", message: "must be e-mail addresses with commas between them" });
  }
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

/** Which check tells of a name; `environment` tells of all others. */
const TOLD_BY: Record<string, CheckName> = {
  APP_URL: "app-url",
  CONVEX_EDGE_SECRET: "edge-secret",
  CONVEX_URL: "convex-url",
  WORKOS_API_KEY: "workos-api-key",
  WORKOS_CLIENT_ID: "workos-client",
  WORKOS_COOKIE_PASSWORD: "cookie-password",
  WORKOS_REDIRECT_URI: "redirect-uri",
  WORKOS_WEBHOOK_SECRET: "webhook",
  CONVEX_SITE_URL: "webhook",
};

/** The problems that one check tells of, and no other. */
export function problemsFor(subject: Subject, check: CheckName): Problem[] {
  return subject.problems.filter(({ name }) => (TOLD_BY[name] ?? "environment") === check);
}

/** Whether a value can be used at all; a check that needs one which cannot be is not made. */
export function isUsable(subject: Subject, name: string): boolean {
  return subject.values[name] !== "" && !subject.problems.some((problem) => problem.name === name);
}

/** @param address one that has been found to be well formed */
export function isHere(address: string): boolean {
  return isLoopback(new URL(address).hostname);
}
