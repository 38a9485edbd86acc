/** Settings of one deployment, and all their problems, found before anything is changed. */
import { join } from "node:path";
import { isLoopback } from "../../app/request/env.server.ts";
import { localDefaults } from "../config.ts";
import { readDevVars } from "../dev-vars.ts";
import { convexProblems, type Problem, type Subject, subjectOf } from "../doctor/subject.ts";
import { portsFrom } from "../ports.ts";
import type { Environment } from "./asked.ts";
import { goingTo, NAMES } from "./names.ts";
import { workerName } from "./preview.ts";

/** Values by name; "" if not set. */
export type Settings = Record<string, string>;

const WORKOS = "https://api.workos.com";

/** Returns the name of the file with the values of an environment, or of all previews. */
export function valuesFile(environment: Environment, preview: string | null): string {
  return preview === null ? `.${environment}.vars` : ".preview.vars";
}

/**
 * Returns the settings from the process environment, then from `.production.vars`, `.staging.vars` or `.preview.vars`.
 *
 * @param root - The checkout.
 * @param environment - The environment to deploy.
 * @param preview - The name of the preview; null for the environment itself.
 */
export function readSettings(
  root: string,
  environment: Environment,
  preview: string | null = null,
): Settings {
  const given = { ...readDevVars(join(root, valuesFile(environment, preview))), ...process.env };
  return settingsFrom(preview === null ? given : previewValues(given, preview));
}

/**
 * Returns the values of one preview.
 *
 * @param given - The values of all previews: `APP_URL` has a `*` in the place of the name.
 */
export function previewValues(
  given: Record<string, string | undefined>,
  preview: string,
): Record<string, string | undefined> {
  // Convex says the URL when it creates the preview's deployment.
  return { ...given, APP_URL: given.APP_URL?.replace("*", preview), CONVEX_URL: "" };
}

/**
 * Returns the settings.
 *
 * @param given - The values of the process environment and the environment's file.
 */
export function settingsFrom(given: Record<string, string | undefined>): Settings {
  const names = [...NAMES.map(({ name }) => name), "CONVEX_SELF_HOSTED_ADMIN_KEY", "CONVEX_SITE_URL"];
  const settings = Object.fromEntries(names.map((name) => [name, given[name] ?? ""]));
  // Set explicitly, because Convex's auth.config.ts must not read an unset variable. The default issuer is
  // one that is accepted in any case.
  settings.WORKOS_API_URL ||= WORKOS;
  settings.WORKOS_ISSUER ||= settings.WORKOS_API_URL;
  return settings;
}

/** Returns the settings as the doctor examines them. */
export function subjectFor(settings: Settings, environment: Environment): Subject {
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, settings[name] ?? ""]));
  const config = {
    worker: pick([...goingTo("worker secret"), ...goingTo("worker variable")]),
    convex: pick(goingTo("Convex variable")),
    emulated: { workos: false, convex: false },
    warnings: [],
  };
  return subjectOf(settings, config, environment === "production");
}

/**
 * Returns all problems of the settings by name, without values: missing, malformed, local, or inconsistent
 * ones.
 */
export function problemsOf(
  settings: Settings,
  environment: Environment,
  preview: string | null = null,
): Problem[] {
  const problems = [
    ...missing(settings).filter(({ name }) => preview === null || name !== "CONVEX_URL"),
    ...subjectFor(settings, environment).problems.filter(({ message }) => message !== "is missing"),
    ...convexProblems(settings),
    ...local(settings),
    ...inconsistent(settings, environment, preview),
    ...toolingProblems(settings, preview),
  ];
  // Only the first problem of each name is reported.
  const seen = new Set<string>();
  return problems.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** Returns the problems of a running deployment, without settings that only the deploy command uses. */
export function runningProblemsOf(settings: Settings, environment: Environment): Problem[] {
  const isRunning = ({ name }: Problem) =>
    NAMES.some((known) => known.name === name && known.goes.some((goal) => goal !== "this command"));
  return problemsOf(settings, environment).filter(isRunning);
}

function missing(settings: Settings): Problem[] {
  return NAMES.filter(({ name, needed }) => needed && settings[name] === "")
    .filter(({ name }) => name !== "CONVEX_DEPLOY_KEY" || settings.CONVEX_SELF_HOSTED_ADMIN_KEY === "")
    .map(({ name, what }) => ({ name, message: `is missing (${what})` }));
}

/** Returns settings that work only on this machine, or are public in this repository. */
function local(settings: Settings): Problem[] {
  const addresses = [
    "APP_URL",
    "CONVEX_URL",
    "WORKOS_API_URL",
    "WORKOS_REDIRECT_URI",
    "SENTRY_DSN",
    "CONVEX_SITE_URL",
  ];
  const defaults = localDefaults(portsFrom(undefined));
  const known = Object.keys(defaults).filter((name) => name !== "ADMIN_EMAILS");
  return [
    ...addresses
      .filter((name) => pointsHere(settings[name] ?? ""))
      .map((name) => ({ name, message: "points at this machine" })),
    ...known
      .filter((name) => settings[name] === defaults[name])
      .map((name) => ({ name, message: "is the local one, which is public" })),
  ];
}

function pointsHere(address: string): boolean {
  const host = URL.parse(address)?.hostname;
  return host !== undefined && (isLoopback(host) || host === "0.0.0.0" || host === "[::]");
}

/** Returns settings that are valid, but wrong for this environment or in combination. */
function inconsistent(settings: Settings, environment: Environment, preview: string | null): Problem[] {
  const { APP_URL = "", WORKOS_API_KEY = "", WORKOS_REDIRECT_URI = "", CONVEX_URL = "" } = settings;
  const problems: Problem[] = [];
  const say = (name: string, message: string) => problems.push({ name, message });
  if (environment === "production" && WORKOS_API_KEY.startsWith("sk_test_")) {
    say(
      "WORKOS_API_KEY",
      "is a test key: production wants the one of WorkOS's production environment, sk_live_…",
    );
  }
  if (WORKOS_REDIRECT_URI !== "" && WORKOS_REDIRECT_URI !== `${APP_URL}/callback`) {
    say("WORKOS_REDIRECT_URI", "must be APP_URL with /callback, or nothing");
  }
  const host = URL.parse(APP_URL)?.hostname ?? "";
  const worker = workerName(environment, preview);
  if (preview !== null && !host.split(".")[0]?.endsWith(preview)) {
    const example = `https://${workerName(environment, "*")}.….workers.dev`;
    say("APP_URL", `must have * for the name of the preview at the end of its first part: ${example}`);
  } else if (host.endsWith(".workers.dev") && !host.startsWith(`${worker}.`)) {
    say("APP_URL", `must be https://${worker}.….workers.dev: that is the worker's own address`);
  }
  if (URL.parse(CONVEX_URL)?.hostname.endsWith(".convex.site")) {
    say("CONVEX_URL", "is where HTTP actions answer: the deployment is at ….convex.cloud");
  }
  return problems;
}

/** Returns problems of settings that only the deploy command uses. */
function toolingProblems(settings: Settings, preview: string | null): Problem[] {
  const { CONVEX_DEPLOY_KEY = "", CONVEX_URL = "", CLOUDFLARE_ACCOUNT_ID = "" } = settings;
  const problems: Problem[] = [];
  const say = (name: string, message: string) => problems.push({ name, message });
  for (const name of ["CLOUDFLARE_API_TOKEN", "CONVEX_DEPLOY_KEY", "CONVEX_SELF_HOSTED_ADMIN_KEY"]) {
    if (/[\s"']/.test(settings[name] ?? "")) say(name, "has a space or quotes in it: give the bare value");
  }
  if (CLOUDFLARE_ACCOUNT_ID !== "" && !/^[0-9a-f]{32}$/.test(CLOUDFLARE_ACCOUNT_ID)) {
    say("CLOUDFLARE_ACCOUNT_ID", "must be 32 hexadecimal digits");
  }
  if (preview !== null && settings.CONVEX_SELF_HOSTED_ADMIN_KEY !== "") {
    say("CONVEX_SELF_HOSTED_ADMIN_KEY", "cannot be used: only the Convex cloud has preview deployments");
  }
  if (CONVEX_DEPLOY_KEY === "") return problems;
  if (preview !== null) {
    if (!/^preview:[^:|]+:[^:|]+\|/.test(CONVEX_DEPLOY_KEY))
      say("CONVEX_DEPLOY_KEY", "must be a preview deploy key: preview:team:project|…");
    return problems;
  }
  if (settings.CONVEX_SELF_HOSTED_ADMIN_KEY !== "") {
    say("CONVEX_SELF_HOSTED_ADMIN_KEY", "and CONVEX_DEPLOY_KEY are both set: they are for two Convexes");
  }
  const [kind, deployment] = (CONVEX_DEPLOY_KEY.split("|")[0] ?? "").split(":");
  const host = URL.parse(CONVEX_URL)?.hostname ?? "";
  if (!CONVEX_DEPLOY_KEY.includes("|")) {
    say("CONVEX_DEPLOY_KEY", "must look like prod:happy-animal-123|…");
  } else if (kind === "preview" || kind === "project") {
    say("CONVEX_DEPLOY_KEY", "must be the key of one deployment (prod:… or dev:…)");
  } else if (
    host.endsWith(".convex.cloud") &&
    deployment !== undefined &&
    !host.startsWith(`${deployment}.`)
  ) {
    say("CONVEX_DEPLOY_KEY", "is of another deployment than CONVEX_URL");
  }
  return problems;
}
