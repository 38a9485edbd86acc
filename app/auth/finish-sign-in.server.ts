/** Second half of a sign-in: handles the callback from WorkOS. The first is `start-sign-in.server.ts`. */
import { createContext, href, redirect } from "react-router";
import { type BarReason, entryProblem } from "../../convex/model/entryRule.ts";
import type { RequestContext } from "../request/context.ts";
import { ConvexCallError, RejectedError, WorkOSCallError } from "../request/errors.ts";
import { describeError } from "../request/log.server.ts";
import { readTheme, rememberTheme } from "../request/theme-cookie.server.ts";
import { verifyAccessToken } from "./access-token.server.ts";
import { readFlowCookie, spendFlow } from "./flow-cookie.server.ts";
import { exchangeCode } from "./grants.server.ts";
import type { SignInErrorCode } from "./login-errors.ts";
import { LOGGED_REASONS } from "./not-allowed.ts";
import { restartSignIn } from "./restart.server.ts";
import { loginPath } from "./return-to.ts";
import { type Flow, openFlow, sealSession } from "./seal.server.ts";
import type { Session } from "./session.ts";
import { type Requirement, requirementIn } from "./sign-in-requirements.ts";
import { syncUser } from "./sync-user.server.ts";
import { logoutUrl } from "./workos.server.ts";

/** Total time for WorkOS and Convex; after it the user is asked to try again. */
const CALLBACK_DEADLINE_MS = 5_000;
/** Part of the total for the sync to Convex; the sign-in succeeds without it. */
const SYNC_DEADLINE_MS = 2_000;

/** A failed sign-in that a page explains. */
export type FailedSignIn =
  /** WorkOS is unavailable. */
  | { status: 502; returnTo: string | null }
  /** The user may not enter; `leave` ends the session at WorkOS. */
  | { status: 403; reason: BarReason; email: string; leave: string; contact: string | null };

export const signInContext = createContext<FailedSignIn | null>(null);

/** WorkOS returned no usable response; shown as an error page with status 502. */
class SignInUnavailableError extends Error {
  override readonly name = "SignInUnavailableError";
  readonly returnTo: string | null;

  constructor(returnTo: string | null) {
    super("WorkOS did not answer.");
    this.returnTo = returnTo;
  }
}

/** The user may not enter; shown as a page with status 403. */
class NotAllowedError extends Error {
  override readonly name = "NotAllowedError";
  readonly reason: BarReason;
  readonly session: Pick<Session, "sessionId" | "user">;

  constructor(reason: BarReason, session: Pick<Session, "sessionId" | "user">) {
    super(`This user may not enter: ${reason}.`);
    this.reason = reason;
    this.session = session;
  }
}

/**
 * Finishes a sign-in.
 *
 * @param params - The query of `/callback`.
 * @returns A redirect, or why the sign-in failed if a page explains it.
 */
export async function runSignIn(
  context: RequestContext,
  params: URLSearchParams,
): Promise<Response | FailedSignIn> {
  try {
    return await finishSignIn(context, params);
  } catch (error) {
    if (error instanceof SignInUnavailableError) return { status: 502, returnTo: error.returnTo };
    if (!(error instanceof NotAllowedError)) throw error;
    const { env, log } = context;
    const { reason, session } = error;
    log.warn("auth.callback", {
      outcome: "not_allowed",
      reason: LOGGED_REASONS[reason],
      userId: session.user.id,
    });
    // The page is about the user who may not enter, not about one who is signed in here.
    context.auth.ignoreSession();
    const { accessContact: contact } = env;
    const leave = logoutUrl(env, session.sessionId);
    return { status: 403, reason, email: session.user.email, leave, contact };
  }
}

/**
 * Finishes a sign-in flow. Checks the error from WorkOS, the code and the state, in that order, then
 * exchanges the code. Keeps an existing session on failure, and always clears the flow cookie.
 *
 * @param params - The query of `/callback`.
 * @returns A redirect to the requested page, or to `/login` with the reason.
 * @throws {SignInUnavailableError} when WorkOS returns no usable response.
 * @throws {NotAllowedError} when the user may not enter.
 */
async function finishSignIn(context: RequestContext, params: URLSearchParams): Promise<Response> {
  const { env, cookies, log, now, report } = context;
  const flowCookie = readFlowCookie(env, cookies, params.get("state") ?? "");
  if (flowCookie !== null) context.setCookies.push(spendFlow(env, flowCookie.name));
  const flow = flowCookie && (await openFlow(flowCookie.sealed, env.cookiePasswords, now));

  const fail = (error: SignInErrorCode, reason: string, more: Requirement | null = null): Response => {
    log.warn("auth.callback", { outcome: error, reason });
    return redirect(loginPath({ error, returnTo: flow?.returnTo ?? null, ...more }));
  };

  const rejection = params.get("error");
  if (rejection !== null) {
    const restart = rejection === "idp_initiated_sso_disabled" ? restartSignIn(context, params) : null;
    if (restart !== null) {
      log.info("auth.callback", { outcome: "restarted" });
      return restart;
    }
    const denied = rejection === "access_denied";
    return fail(denied ? "access_denied" : "sign_in_failed", "workos_error");
  }
  const code = params.get("code");
  if (!code) return fail("missing_code", "no_code");
  // Accepting a code without a state would allow login CSRF.
  if (!params.has("state")) return fail("started_elsewhere", "no_state");
  if (flow === null || flow.state !== params.get("state")) return fail("state_mismatch", "no_such_flow");

  try {
    return await exchange(context, flow, code);
  } catch (error) {
    if (!(error instanceof WorkOSCallError)) throw error;
    if (error.kind === "unavailable") {
      log.error("auth.callback", { outcome: "unavailable", ...error.fields });
      report({ component: "auth", action: context.route.pattern, error });
      throw new SignInUnavailableError(flow.returnTo);
    }
    log.warn("auth.callback", { outcome: "refused", ...error.fields });
    // By the code, because the status may be 401.
    if (error.code === "invalid_grant") return fail("expired_code", "refused");
    return fail("sign_in_failed", "refused", requirementIn(error));
  }
}

async function exchange(context: RequestContext, flow: Flow, code: string): Promise<Response> {
  const { auth, env, seen, log, notices, now } = context;
  const signal = AbortSignal.timeout(CALLBACK_DEADLINE_MS);
  const grant = await exchangeCode(env, code, flow.verifier, seen, signal);
  const claims = await verifyAccessToken(env, grant.accessToken, signal, Date.now());
  if (claims.userId !== grant.user.id) throw new WorkOSCallError("unavailable", 200, "another_user");
  const pending: Session = {
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
    issuedAt: claims.issuedAt,
    syncPending: true,
  };
  const problem = entryProblem(env.entryRule, { ...grant.user, organizationId: claims.organizationId });
  if (problem !== null) throw new NotAllowedError(problem, pending);
  const seal = (session: Session) => sealSession(session, env.cookiePasswords, now);
  const sealed = await seal(pending);
  if (!auth.fits(sealed)) {
    log.error("auth.callback", { outcome: "too_big", userId: pending.user.id });
    return redirect(loginPath({ error: "sign_in_failed", returnTo: flow.returnTo }));
  }
  if (await sync(context, pending, signal)) {
    const session = { ...pending, syncPending: false };
    auth.signIn(session, await seal(session));
  } else {
    auth.signIn(pending, sealed);
  }
  notices.forget();
  log.info("auth.callback", { outcome: "signed_in", userId: pending.user.id, ms: Date.now() - now });
  return redirect(flow.returnTo ?? href("/"));
}

/**
 * Syncs user, session and audit entry in one call. If Convex is down, the next page syncs them.
 *
 * @returns Whether Convex has received them.
 * @throws {NotAllowedError} when Convex says that the user may not enter.
 */
async function sync(context: RequestContext, session: Session, signal: AbortSignal): Promise<boolean> {
  const { cookies, env, log, seen } = context;
  const started = Date.now();
  const theme = readTheme(env, cookies);
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(SYNC_DEADLINE_MS)]);
    const { preferences } = await syncUser({ env, session, seen: () => seen, theme, signal: deadline });
    if (preferences.theme !== null && preferences.theme !== theme) {
      context.setCookies.push(rememberTheme(env, preferences.theme));
    }
    log.info("sync.user", { outcome: "synced", userId: session.user.id, ms: Date.now() - started });
    return true;
  } catch (error) {
    if (error instanceof RejectedError && error.reason !== null)
      throw new NotAllowedError(error.reason, session);
    const cause =
      error instanceof RejectedError
        ? { code: error.code }
        : error instanceof ConvexCallError
          ? { kind: error.kind, status: error.status }
          : describeError(error);
    log.warn("sync.user", { outcome: "put_off", userId: session.user.id, ...cause });
    return false;
  }
}
