/** Run of the checks: local ones, WorkOS and Convex in parallel, the checks of each in sequence. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { access } from "./checks/access.ts";
import { alertEmail } from "./checks/alert-email.ts";
import { appUrl } from "./checks/app-url.ts";
import { convexAuth } from "./checks/convex-auth.ts";
import { convexFunctions } from "./checks/convex-functions.ts";
import { convexUrl } from "./checks/convex-url.ts";
import { cookiePassword } from "./checks/cookie-password.ts";
import { cookiePrefix } from "./checks/cookie-prefix.ts";
import { edgeSecret } from "./checks/edge-secret.ts";
import { environment } from "./checks/environment.ts";
import { redirectUri } from "./checks/redirect-uri.ts";
import { signOutRedirect } from "./checks/sign-out-redirect.ts";
import { webhook } from "./checks/webhook.ts";
import { workosApiKey } from "./checks/workos-api-key.ts";
import { workosClient } from "./checks/workos-client.ts";
import { askDeployment, type Deployment } from "./convex-deployment.ts";
import type { Check } from "./examination.ts";
import { type FunctionsHere, functionsHere, LateError } from "./functions-here.ts";
import { FIX, STATUS_PAGES } from "./places.ts";
import { type Ask, askWithin, UnreachableError } from "./reach.ts";
import { CHECKS, type CheckName, type CheckResult, type Finding, fail, notChecked } from "./report.ts";
import { isUsable, type Subject } from "./subject.ts";

/** Time limit of a check in ms, so that it finishes within 5 s. */
const CHECK_MS = 4_500;
/** Time limit of all checks in ms, so that the process, with its start, ends within 20 s. */
const ALL_MS = 17_000;
/** Time limit of the local build in ms, so that the checks after it have time. */
const BUILD_MS = 11_000;

type Group = { service: "workos" | "convex" | null; checks: [CheckName, Check][] };

const GROUPS: Group[] = [
  {
    service: null,
    checks: [
      ["environment", environment],
      ["cookie-prefix", cookiePrefix],
      ["sign-out-redirect", signOutRedirect],
      ["alert-email", alertEmail], // agents:line
      ["cookie-password", cookiePassword],
      ["app-url", appUrl],
    ],
  },
  {
    service: "workos",
    checks: [
      ["workos-api-key", workosApiKey],
      ["workos-client", workosClient],
      ["redirect-uri", redirectUri],
    ],
  },
  {
    service: "convex",
    checks: [
      ["convex-url", convexUrl],
      ["convex-functions", convexFunctions],
      ["convex-auth", convexAuth],
      ["edge-secret", edgeSecret],
      ["webhook", webhook],
      ["access", access],
    ],
  },
];

/**
 * Runs the checks. They change nothing.
 *
 * @param subject - The configuration to examine.
 * @param only - The checks to run; the others are skipped.
 * @returns A result for each check, in the order of {@link CHECKS}.
 */
export async function examine(subject: Subject, only: readonly CheckName[] = CHECKS): Promise<CheckResult[]> {
  const end = AbortSignal.timeout(ALL_MS);
  const wanted = only.includes("convex-functions") && !subject.emulated.convex;
  const functions = wanted
    ? within(BUILD_MS, functionsHere(join(process.cwd(), "convex")))
    : Promise.reject(new Error("unasked"));
  functions.catch(() => {}); // reported by the check that awaits it
  const results = await Promise.all(
    GROUPS.map((group) => runGroup(group, subject, only, end, () => functions)),
  );
  return results.flat().sort((a, b) => CHECKS.indexOf(a.name) - CHECKS.indexOf(b.name));
}

/**
 * Returns the result of `work`.
 *
 * @param milliseconds - The longest time to wait.
 * @throws {LateError} when the time is over first.
 */
function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = delay(milliseconds, null, { ref: false }).then(() => Promise.reject(new LateError()));
  return Promise.race([work, late]);
}

async function runGroup(
  { service, checks }: Group,
  subject: Subject,
  only: readonly CheckName[],
  end: AbortSignal,
  here: () => Promise<FunctionsHere>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const deployment = once((ask) => {
    const { CONVEX_URL = "", CONVEX_EDGE_SECRET = "" } = subject.values;
    // A malformed secret would be rejected anyway, and an empty one reveals nothing.
    return askDeployment(ask, CONVEX_URL, isUsable(subject, "CONVEX_EDGE_SECRET") ? CONVEX_EDGE_SECRET : "");
  });
  let silent: CheckName | null = null;
  const found = (name: CheckName) => results.find((result) => result.name === name);
  for (const [name, check] of checks) {
    if (!only.includes(name)) continue;
    // Waits before the check's time starts, so that a slow local build does not count as a slow Convex.
    if (name === "convex-functions" && found("convex-url")?.status !== "fail") await here().catch(() => {});
    const signal = AbortSignal.any([end, AbortSignal.timeout(CHECK_MS)]);
    const ask = askWithin(signal, CHECK_MS);
    const guarded: Ask = async (url, init) => {
      if (silent !== null) throw new SkippedError(silent);
      return ask(url, init);
    };
    const examination = {
      subject,
      ask: guarded,
      deployment,
      here,
      found,
    };
    let finding: Finding;
    try {
      finding = await check(examination);
    } catch (error) {
      if (error instanceof SkippedError) finding = notChecked(`${error.check}: nothing answers`);
      else if (error instanceof UnreachableError && service !== null) {
        silent = name;
        const variable = service === "workos" ? "WORKOS_API_URL" : "CONVEX_URL";
        finding = fail(error.message, FIX.unreachable(variable, STATUS_PAGES[service]));
      } else throw error;
    }
    results.push({ name, ...finding });
  }
  return results;
}

/** The check was skipped because an earlier one got no response from the same service. */
class SkippedError extends Error {
  override readonly name = "SkippedError";
  readonly check: CheckName;

  constructor(check: CheckName) {
    super(check);
    this.check = check;
  }
}

/** Returns the first successful result for all calls. Failures are not cached. */
function once(run: (ask: Ask) => Promise<Deployment>): (ask: Ask) => Promise<Deployment> {
  let answer: Deployment | null = null;
  return async (ask) => {
    answer ??= await run(ask);
    return answer;
  };
}
