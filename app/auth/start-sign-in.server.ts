/** First half of a sign-in: redirects to WorkOS. The second is `finish-sign-in.server.ts`. */
import { href, redirect } from "react-router";
import type { RequestContext } from "../request/context.ts";
import { clearCookie } from "../request/cookies.server.ts";
import { describeError } from "../request/log.server.ts";
import { createState, flowCookie, staleFlowCookies } from "./flow-cookie.server.ts";
import { safeReturnTo } from "./return-to.ts";
import { sealFlow } from "./seal.server.ts";
import { authorizationUrl } from "./workos.server.ts";

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Returns a PKCE verifier and its S256 challenge. RFC 7636. */
async function createPkce(): Promise<{ verifier: string; challenge: string }> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { verifier, challenge: base64url(new Uint8Array(digest)) };
}

/** Maximum hint length at WorkOS, in characters. */
const MAX_HINT = 256;

const hint = (value: string | null) => (value && value.length <= MAX_HINT ? value : null);

/**
 * Starts a flow and stores it in a cookie for ten minutes.
 *
 * @param params - The query of `/api/auth/login`: `returnTo`, `screenHint`, `loginHint`, `organizationId`.
 * @returns A redirect to the WorkOS sign-in page, or to `/` if the flow cannot be created.
 */
export async function startSignIn(context: RequestContext, params: URLSearchParams): Promise<Response> {
  const { env, cookies, log, now } = context;
  try {
    const state = createState(now);
    const { verifier, challenge } = await createPkce();
    const loginHint = hint(params.get("loginHint"));
    const organizationId = env.entryRule.organizationId ?? hint(params.get("organizationId"));
    const url = authorizationUrl(env, {
      state,
      codeChallenge: challenge,
      screenHint: params.get("screenHint") === "sign-up" ? "sign-up" : "sign-in",
      ...(loginHint ? { loginHint } : {}),
      ...(organizationId ? { organizationId } : {}),
    });
    const flow = { state, verifier, returnTo: safeReturnTo(params.get("returnTo")), startedAt: now };
    context.setCookies.push(
      flowCookie(env, state, await sealFlow(flow, env.cookiePasswords)),
      ...staleFlowCookies(env, cookies).map((name) => clearCookie(env, name)),
    );
    log.info("auth.login", { outcome: "started" });
    return redirect(url);
  } catch (error) {
    log.error("auth.login", { outcome: "failed", ...describeError(error) });
    return redirect(href("/"));
  }
}
