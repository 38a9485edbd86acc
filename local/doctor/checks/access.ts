/** Check `access`: who may enter, the same on both sides, and that an admin is left. */
import { emailDomainsIn } from "../../../convex/model/entryRule.ts";
import type { Deployment } from "../convex-deployment.ts";
import type { Check } from "../examination.ts";
import { FIX, setAgain } from "../places.ts";
import { type Ask, answersBut } from "../reach.ts";
import { type Finding, fail, notChecked, ok, warn } from "../report.ts";
import { isHere, isUsable, problemsFor, type Subject } from "../subject.ts";

const ORGANIZATION = "WORKOS_ORGANIZATION_ID";
const DOMAINS = "ALLOWED_EMAIL_DOMAINS";

export const access: Check = async ({ subject, ask, deployment, found }) => {
  const problems = problemsFor(subject, "access");
  if (problems.length > 0) {
    const said = problems.map(({ name, message }) => `${name} ${message}`).join("; ");
    return fail(said, problems.map(({ name }) => setAgain(name)).join(" "));
  }
  const isReachable = isUsable(subject, "CONVEX_URL") && found("convex-url")?.status !== "fail";
  if (!subject.emulated.convex && !isReachable) return notChecked("convex-url");
  const told = subject.emulated.convex ? null : await deployment(ask);
  if (told !== null && told.kind !== "known")
    return notChecked("edge-secret and convex-functions: who may enter Convex is not known");
  const differing = told === null ? [] : differences(subject, told);
  if (differing.length > 0)
    return fail(
      answersBut(subject.values.CONVEX_URL ?? "", `its ${differing.join(" and ")} is not the one here`),
      FIX.convexVariables(differing.join(" and ")),
    );
  const wrong = await organizationProblem(subject, ask);
  if (wrong !== null) return wrong;
  const isDeployed = isUsable(subject, "APP_URL") && !isHere(subject.values.APP_URL ?? "");
  const who = gateOf(subject);
  const { workos, convex } = subject.emulated;
  const where = workos || convex ? "the local emulator is used" : "the app is on this machine";
  if (!isDeployed) return ok(`${who ?? "everyone"}: ${where}`);
  if (who === null) return warn("everyone may enter: every user that WorkOS signs in", FIX.access);
  if (told !== null && !told.hasActiveAdmin)
    return warn(`${who}; no active admin is known`, setAgain("ADMIN_EMAILS"));
  return ok(who);
};

/** Returns who may enter in words; null for everyone. */
function gateOf({ values }: Subject): string | null {
  const parts = [
    ...(values[ORGANIZATION] ? [`members of ${values[ORGANIZATION]}`] : []),
    ...(values[DOMAINS] ? [`verified e-mails of ${values[DOMAINS]}`] : []),
  ];
  return parts.length > 0 ? `only ${parts.join(" with ")}` : null;
}

function differences({ values }: Subject, told: Extract<Deployment, { kind: "known" }>): string[] {
  const asText = (domains: readonly string[] | null) => domains && [...domains].sort().join();
  return [
    ...((values[ORGANIZATION] || null) === told.organizationId ? [] : [ORGANIZATION]),
    ...(asText(emailDomainsIn(values[DOMAINS] ?? "")) === asText(told.emailDomains) ? [] : [DOMAINS]),
  ];
}

/** Returns the finding if WorkOS does not know the organization, or cannot tell. */
async function organizationProblem(subject: Subject, ask: Ask): Promise<Finding | null> {
  const { values, emulated } = subject;
  const id = values[ORGANIZATION];
  if (!id || emulated.workos) return null;
  if (!isUsable(subject, "WORKOS_API_URL")) return notChecked("WORKOS_API_URL is malformed");
  const url = `${values.WORKOS_API_URL}/organizations/${encodeURIComponent(id)}`;
  const { status } = await ask(url, { headers: { Authorization: `Bearer ${values.WORKOS_API_KEY}` } });
  if (status === 200) return null;
  if (status === 401 || status === 403) return notChecked("workos-api-key");
  if (status === 404 || status === 400 || status === 422)
    return fail(answersBut(url, `it knows no organization ${id}`), setAgain(ORGANIZATION));
  return fail(answersBut(url, `with status ${status}`), setAgain(ORGANIZATION));
}
