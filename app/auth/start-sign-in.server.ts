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

/** The parameters that WorkOS gets, by our name and by the name in WorkOS's own links. */
const HINTS = {
  loginHint: "login_hint",
  organizationId: "organization_id",
  connectionId: "connection_id",
  invitationToken: "invitation_token",
} as const;

type Hints = Partial<Record<keyof typeof HINTS, string>>;

/** Returns a parameter in our spelling or, if that is absent, in WorkOS's. */
const either = (params: URLSearchParams, own: string, workos: string) =>
  params.get(own) ?? params.get(workos);

/**
 * Returns the hints for WorkOS's sign-in page.
 *
 * @param organizationId - The organization of the configuration, which is the only one that may sign in.
 */
function hintsIn(params: URLSearchParams, organizationId: string | null): Hints {
  const hints: Hints = {};
  for (const [own, workos] of Object.entries(HINTS)) {
    const value = either(params, own, workos);
    if (value && value.length <= MAX_HINT) hints[own as keyof Hints] = value;
  }
  if (organizationId !== null) hints.organizationId = organizationId;
  // An organization has its own connection.
  if (hints.organizationId !== undefined) delete hints.connectionId;
  return hints;
}

/**
 * Starts a flow and stores it in a cookie for ten minutes.
 *
 * @param params - The query of `/api/auth/login`: `returnTo`, and the hints in our or in WorkOS's spelling.
 * @returns A redirect to the WorkOS sign-in page, or to `/` if the flow cannot be created.
 */
export async function startSignIn(context: RequestContext, params: URLSearchParams): Promise<Response> {
  const { env, cookies, log, now } = context;
  try {
    const state = createState(now);
    const { verifier, challenge } = await createPkce();
    const url = authorizationUrl(env, {
      state,
      codeChallenge: challenge,
      screenHint: either(params, "screenHint", "screen_hint") === "sign-up" ? "sign-up" : "sign-in",
      ...hintsIn(params, env.entryRule.organizationId),
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
