/** Second half of a sign-in: handles the callback from WorkOS. The first is `start-sign-in.server.ts`. */
import { createContext, href, redirect } from "react-router";
import type { RequestContext } from "../request/context.ts";
import { ConvexCallError, RejectedError, WorkOSCallError } from "../request/errors.ts";
import { describeError } from "../request/log.server.ts";
import { readTheme, rememberTheme } from "../request/theme-cookie.server.ts";
import { verifyAccessToken } from "./access-token.server.ts";
import { readFlowCookie, spendFlow } from "./flow-cookie.server.ts";
import type { SignInErrorCode } from "./login-errors.ts";
import { loginPath } from "./return-to.ts";
import { type Flow, openFlow, sealSession } from "./seal.server.ts";
import type { Session } from "./session.ts";
import { syncUser } from "./sync-user.server.ts";
import { exchangeCode } from "./workos.server.ts";

/** Total time for WorkOS and Convex; after it the user is asked to try again. */
const CALLBACK_DEADLINE_MS = 5_000;
/** Part of the total for the sync to Convex; the sign-in succeeds without it. */
const SYNC_DEADLINE_MS = 2_000;

/** The destination of a sign-in that failed because WorkOS is unavailable. */
export const signInContext = createContext<{ returnTo: string | null } | null>(null);

/** WorkOS returned no usable response; shown as an error page with status 502. */
export class SignInUnavailableError extends Error {
  override readonly name = "SignInUnavailableError";
  readonly returnTo: string | null;

  constructor(returnTo: string | null) {
    super("WorkOS did not answer.");
    this.returnTo = returnTo;
  }
}

/**
 * Finishes a sign-in flow. Checks the error from WorkOS, the code and the state, in that order, then
 * exchanges the code. Keeps an existing session on failure, and always clears the flow cookie.
 *
 * @param params - The query of `/callback`.
 * @returns A redirect to the requested page, or to `/login` with the reason.
 * @throws {SignInUnavailableError} when WorkOS returns no usable response.
 */
export async function finishSignIn(context: RequestContext, params: URLSearchParams): Promise<Response> {
  const { env, cookies, log, now, report } = context;
  const flowCookie = readFlowCookie(env, cookies, params.get("state") ?? "");
  if (flowCookie !== null) context.setCookies.push(spendFlow(env, flowCookie.name));
  const flow = flowCookie && (await openFlow(flowCookie.sealed, env.cookiePasswords, now));

  const fail = (error: SignInErrorCode, reason: string): Response => {
    log.warn("auth.callback", { outcome: error, reason });
    return redirect(loginPath({ error, returnTo: flow?.returnTo ?? null }));
  };

  const rejection = params.get("error");
  if (rejection !== null) {
    const denied = rejection === "access_denied";
    return fail(denied ? "access_denied" : "sign_in_failed", "workos_error");
  }
  const code = params.get("code");
  if (!code) return fail("missing_code", "no_code");
  if (flow === null || flow.state !== params.get("state")) return fail("state_mismatch", "no_such_flow");

  try {
    return await exchange(context, flow, code);
  } catch (error) {
    if (!(error instanceof WorkOSCallError)) throw error;
    const details = { status: error.status, code: error.code };
    if (error.kind === "unavailable") {
      log.error("auth.callback", { outcome: "unavailable", ...details });
      report({ component: "auth", action: context.route.pattern, error });
      throw new SignInUnavailableError(flow.returnTo);
    }
    log.warn("auth.callback", { outcome: "refused", ...details });
    return fail(error.kind === "invalid_grant" ? "expired_code" : "sign_in_failed", "refused");
  }
}

async function exchange(context: RequestContext, flow: Flow, code: string): Promise<Response> {
  const { auth, env, seen, log, notices, now } = context;
  const signal = AbortSignal.timeout(CALLBACK_DEADLINE_MS);
  const grant = await exchangeCode(env, code, flow.verifier, seen, signal);
  const claims = await verifyAccessToken(env, grant.accessToken, signal, Date.now());
  if (claims.userId !== grant.user.id) throw new WorkOSCallError("unavailable", 200, "another_user");
  const session: Session = {
    sessionId: claims.sessionId,
    user: grant.user,
    accessToken: grant.accessToken,
    accessTokenExpiresAt: claims.expiresAt,
    refreshToken: grant.refreshToken,
    organizationId: claims.organizationId,
    role: claims.role,
    impersonator: claims.impersonator,
    userUpdatedAt: grant.userUpdatedAt,
    refreshedAt: now,
    signedInAt: now,
  };
  const sealed = await sealSession(session, env.cookiePasswords, now);
  if (!auth.signIn(session, sealed)) {
    log.error("auth.callback", { outcome: "too_big", userId: session.user.id });
    return redirect(loginPath({ error: "sign_in_failed", returnTo: flow.returnTo }));
  }
  notices.forget();
  log.info("auth.callback", { outcome: "signed_in", userId: session.user.id, ms: Date.now() - now });
  await sync(context, session, signal);
  return redirect(flow.returnTo ?? href("/"));
}

/** Syncs user, session and audit entry in one call. If Convex is down, the next page syncs them. */
async function sync(context: RequestContext, session: Session, signal: AbortSignal): Promise<void> {
  const { cookies, env, log, seen } = context;
  const started = Date.now();
  const theme = readTheme(env, cookies);
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(SYNC_DEADLINE_MS)]);
    const { preferences } = await syncUser({ env, session, seen, theme, signal: deadline });
    if (preferences.theme !== null && preferences.theme !== theme) {
      context.setCookies.push(rememberTheme(env, preferences.theme));
    }
    log.info("sync.user", { outcome: "synced", userId: session.user.id, ms: Date.now() - started });
  } catch (error) {
    const cause =
      error instanceof RejectedError
        ? { code: error.code }
        : error instanceof ConvexCallError
          ? { kind: error.kind, status: error.status }
          : describeError(error);
    log.warn("sync.user", { outcome: "put_off", userId: session.user.id, ...cause });
  }
}
