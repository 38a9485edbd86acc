/** Check `convex-auth`: Convex accepts tokens that WorkOS issues for this client. */
import { acceptedIssuers } from "../../../convex/model/issuers.ts";
import { type Deployment, query } from "../convex-deployment.ts";
import type { Check } from "../examination.ts";
import { forgedToken } from "../forged-token.ts";
import { FIX, setAgain } from "../places.ts";
import { answersBut, fieldOf } from "../reach.ts";
import { fail, notChecked, ok, warn } from "../report.ts";
import { isUsable, problemsFor } from "../subject.ts";

/** Convex's HTTP status if a function threw. */
const FUNCTION_FAILED = 560;
const VARIABLES = FIX.convexVariables("WORKOS_API_URL, WORKOS_CLIENT_ID and WORKOS_ISSUER");

export const convexAuth: Check = async ({ subject, ask, found, deployment }) => {
  const [problem] = problemsFor(subject, "convex-auth");
  if (problem) return fail(`WORKOS_ISSUER ${problem.message}`, setAgain("WORKOS_ISSUER"));
  if (subject.emulated.convex) {
    return warn("Convex is not configured: the local emulator is used", FIX.nothingHere);
  }
  if (!isUsable(subject, "CONVEX_URL") || found("convex-url")?.status === "fail")
    return notChecked("convex-url");
  if (!isUsable(subject, "WORKOS_CLIENT_ID")) return notChecked("WORKOS_CLIENT_ID is malformed");
  const { CONVEX_URL = "", WORKOS_CLIENT_ID = "", WORKOS_ISSUER = "" } = subject.values;
  // If it is not set, the worker uses WorkOS's own URL, and Convex gets that URL explicitly.
  const apiUrl = subject.values.WORKOS_API_URL || "https://api.workos.com";
  if (subject.problems.some(({ name }) => name === "WORKOS_API_URL"))
    return notChecked("WORKOS_API_URL is malformed");

  const issuers = acceptedIssuers(apiUrl, WORKOS_CLIENT_ID, WORKOS_ISSUER);
  const refused: string[] = [];
  let odd: number | null = null;
  for (const issuer of issuers) {
    const token = forgedToken(issuer, WORKOS_CLIENT_ID, Date.now());
    const { status, json } = await query(ask, CONVEX_URL, "users:viewer", {}, token);
    // A token rejected for its signature, not its issuer, shows that Convex accepts the issuer.
    if (fieldOf(json, "code") === "NoAuthProvider") refused.push(issuer);
    else if (status !== 401) odd = status;
  }
  if (refused.length > 0)
    return fail(
      answersBut(
        CONVEX_URL,
        `it believes no token of ${refused.join(" and ")}, by its convex/auth.config.ts`,
      ),
      VARIABLES,
    );
  if (odd !== null && odd >= 500 && odd !== FUNCTION_FAILED) {
    const keys = `${apiUrl}/sso/jwks/${WORKOS_CLIENT_ID}`;
    return fail(answersBut(CONVEX_URL, `it cannot read WorkOS's keys at ${keys}, status ${odd}`), VARIABLES);
  }
  if (odd !== null) return fail(answersBut(CONVEX_URL, `with status ${odd} to an unsigned token`), VARIABLES);

  const told = await deployment(ask);
  if (told.kind !== "known") return ok("Convex believes tokens of this client's issuers");
  const other = [
    ...(told.workosApiUrl === apiUrl ? [] : ["WORKOS_API_URL"]),
    ...(told.workosClientId === WORKOS_CLIENT_ID ? [] : ["WORKOS_CLIENT_ID"]),
    ...(sameIssuers(told, issuers) ? [] : ["WORKOS_ISSUER"]),
  ];
  if (other.length > 0)
    return fail(
      answersBut(CONVEX_URL, `its ${other.join(" and ")} is not the one here`),
      FIX.convexVariables(other.join(" and ")),
    );
  return ok("Convex believes tokens of this client");
};

/** Returns whether Convex accepts these issuers and no others. */
function sameIssuers(told: Deployment & { kind: "known" }, issuers: readonly string[]): boolean {
  const { workosApiUrl, workosClientId, workosIssuer } = told;
  const theirs = acceptedIssuers(workosApiUrl ?? "", workosClientId ?? "", workosIssuer ?? "");
  return theirs.every((issuer) => issuers.includes(issuer));
}
