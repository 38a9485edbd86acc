/** Check `webhook`: the endpoint accepts signed WorkOS events and rejects all others. */
import { createHmac } from "node:crypto";
import type { Deployment } from "../convex-deployment.ts";
import type { Check } from "../examination.ts";
import { FIX, setAgain } from "../places.ts";
import { type Answer, answersBut, UnreachableError } from "../reach.ts";
import { fail, notChecked, ok, warn } from "../report.ts";
import { isUsable, problemsFor, type Subject } from "../subject.ts";

const NAME = "WORKOS_WEBHOOK_SECRET";

export const webhook: Check = async ({ subject, ask, found, deployment }) => {
  const [problem] = problemsFor(subject, "webhook");
  if (problem) return fail(`${problem.name} ${problem.message}`, setAgain(problem.name));
  if (subject.emulated.convex) {
    return warn("Convex is not configured: the local emulator is used", FIX.nothingHere);
  }
  if (!isUsable(subject, "CONVEX_URL") || found("convex-url")?.status === "fail")
    return notChecked("convex-url");
  const told = await deployment(ask);
  const site = siteUrlOf(subject, told);
  if (site === null) {
    return warn("not checked: where Convex's HTTP actions answer is not known", setAgain("CONVEX_SITE_URL"));
  }
  const url = `${site}/webhooks/workos`;
  let unsigned: Answer;
  try {
    unsigned = await ask(url, { method: "POST", body: "{}" });
  } catch (error) {
    if (!(error instanceof UnreachableError) || !isGuess(subject, told)) throw error;
    return warn("not checked: where Convex's HTTP actions answer is not known", setAgain("CONVEX_SITE_URL"));
  }
  if (unsigned.status === 404) return fail(answersBut(url, "there is no such endpoint"), FIX.push);
  if (unsigned.status >= 200 && unsigned.status < 300)
    return fail(answersBut(url, "it accepts an unsigned event"), FIX.push);
  if (unsigned.status !== 401)
    return fail(answersBut(url, `with status ${unsigned.status} to an unsigned event`), FIX.push);

  if (told.kind === "known" && !told.hasWebhookSecret)
    return warn(`${url} rejects every event: Convex has no ${NAME}`, FIX.webhooks(url));
  if (!subject.isSet(NAME) || !isUsable(subject, NAME)) return ok(`${url} refuses what is not signed`);
  const event = signedNothing(subject.values[NAME] ?? "", Date.now());
  const signed = await ask(url, { method: "POST", ...event });
  if (signed.status === 401)
    return fail(answersBut(url, `Convex has another ${NAME}, or none`), FIX.webhooks(url));
  if (signed.status !== 200)
    return fail(answersBut(url, `with status ${signed.status} to a signed event`), FIX.webhooks(url));
  return ok(`${url} takes what is signed with ${NAME} and nothing else`);
};

/**
 * Returns the base URL of HTTP actions: the configured one, the one that Convex reports, or the one derived
 * from Convex's URL; null if it is unknown.
 */
function siteUrlOf({ values }: Subject, told: Deployment): string | null {
  if (values.CONVEX_SITE_URL) return values.CONVEX_SITE_URL;
  if (told.kind === "known" && told.siteUrl !== null) return told.siteUrl;
  const url = new URL(values.CONVEX_URL ?? "");
  if (url.hostname.endsWith(".convex.cloud")) return url.origin.replace(/\.cloud$/, ".site");
  // A self-hosted Convex has them on the next port, by default 3210 and 3211.
  if (url.port !== "") {
    url.port = String(Number(url.port) + 1);
    return url.origin;
  }
  return null;
}

/** Returns whether the base URL was derived from the port, which is only a convention. */
function isGuess({ values }: Subject, told: Deployment): boolean {
  const said = told.kind === "known" && told.siteUrl !== null;
  return !values.CONVEX_SITE_URL && !said && new URL(values.CONVEX_URL ?? "").port !== "";
}

/** Returns a signed event of an unknown type, which the endpoint acknowledges with 200 and ignores. */
function signedNothing(secret: string, now: number): { headers: Record<string, string>; body: string } {
  const body = JSON.stringify({
    object: "event",
    id: "event_mosaic_doctor",
    event: "mosaic.doctor",
    data: {},
    created_at: new Date(now).toISOString(),
  });
  const signature = createHmac("sha256", secret).update(`${now}.${body}`).digest("hex");
  return {
    headers: { "Content-Type": "application/json", "WorkOS-Signature": `t=${now}, v1=${signature}` },
    body,
  };
}
