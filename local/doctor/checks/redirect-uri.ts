/** Check `redirect-uri`: the redirect URI is the app's own /callback and is registered at WorkOS. */
import { createHash, randomBytes } from "node:crypto";
import type { Check } from "../examination.ts";
import { FIX } from "../places.ts";
import { answersBut } from "../reach.ts";
import { fail, notChecked, ok, warn } from "../report.ts";
import { isUsable, problemsFor } from "../subject.ts";

export const redirectUri: Check = async ({ subject, ask, found }) => {
  const [problem] = problemsFor(subject, "redirect-uri");
  const { APP_URL = "", WORKOS_API_URL = "", WORKOS_CLIENT_ID = "" } = subject.values;
  const wanted = isUsable(subject, "APP_URL")
    ? `${APP_URL}/callback`
    : "the origin of APP_URL with /callback";
  const set = `Set WORKOS_REDIRECT_URI to ${wanted}, or to nothing, which is the same.`;
  if (problem) return fail(`WORKOS_REDIRECT_URI ${problem.message}`, set);
  if (!isUsable(subject, "APP_URL")) return notChecked("APP_URL is malformed");
  const uri = subject.values.WORKOS_REDIRECT_URI || wanted;
  if (uri !== wanted) return fail(`WORKOS_REDIRECT_URI must be ${wanted}`, set);
  if (subject.emulated.workos) {
    return warn("WorkOS is not configured: the local emulator is used", FIX.nothingHere);
  }
  if (!isUsable(subject, "WORKOS_API_URL")) return notChecked("WORKOS_API_URL is malformed");
  if (!isUsable(subject, "WORKOS_CLIENT_ID") || found("workos-client")?.status === "fail") {
    return notChecked("WorkOS says it only to a client that it knows (workos-client)");
  }

  const url = new URL(`${WORKOS_API_URL}/user_management/authorize`);
  const verifier = randomBytes(32).toString("base64url");
  url.search = new URLSearchParams({
    client_id: WORKOS_CLIENT_ID,
    redirect_uri: uri,
    response_type: "code",
    provider: "authkit",
    state: "mosaic_doctor",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  const { status, headers } = await ask(url.href);
  const location = URL.parse(headers.get("Location") ?? "", url.href);
  if (status >= 500 || status === 429 || status === 404)
    return fail(answersBut(url.href, `with status ${status}`), FIX.redirects(uri));
  if (status >= 400 || (status >= 300 && isRejection(location))) {
    return fail(answersBut(url.href, `it does not take ${uri} as a redirect URI`), FIX.redirects(uri));
  }
  return ok(`${uri}, which WorkOS takes`);
};

/**
 * Returns whether a redirect reports an error: WorkOS shows the user an error page, or redirects with an
 * error parameter.
 */
function isRejection(location: URL | null): boolean {
  if (location === null) return true;
  return (
    location.hostname === "error.workos.com" ||
    location.searchParams.has("error") ||
    /(^|\/)error(\/|$)/.test(location.pathname)
  );
}
