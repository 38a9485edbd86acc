/** Calls Convex as the current user from an action. */
import { redirect } from "react-router";
import type { RequestContext } from "../request/context.ts";
import { type Convex, createConvex } from "../request/convex.server.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import { readTheme } from "../request/theme-cookie.server.ts";
import { loginPath } from "./return-to.ts";
import { syncIfPending } from "./sync-user.server.ts";

/**
 * Runs a Convex call with the current user's access token.
 *
 * @param returnTo - Path to return to after a required sign-in.
 * @param call - Receives the authenticated client.
 * @returns The result of `call`.
 * @throws {RejectedError} when Convex rejects the call.
 * @throws {ConvexCallError} when Convex fails, or WorkOS cannot refresh the token.
 * @throws {Response} a redirect to `/login` when the user is signed out or the session was revoked.
 */
export async function asCurrentUser<T>(
  context: RequestContext,
  returnTo: string,
  call: (convex: Convex) => Promise<T>,
): Promise<T> {
  const { auth, cookies, deadline, env } = context;
  const seen = () => context.seen;
  const toLogin = () => redirect(loginPath({ returnTo, error: auth.endReason }));
  const current = await auth.current();
  if (current === null) throw toLogin();
  // A request without effects does not sync, and Convex would reject a user that it does not know.
  const unsynced = context.readOnly && current.session.syncPending;
  if (!current.tokenUsable || unsynced) throw new ConvexCallError("unavailable");
  try {
    const { session } = current;
    await syncIfPending(auth, { env, session, seen, theme: readTheme(env, cookies), signal: deadline });
    return await call(createConvex(env, current.session.accessToken, deadline));
  } catch (error) {
    if (error instanceof RejectedError && error.code === "unauthenticated") {
      await auth.endAsInConvex();
      throw toLogin();
    }
    if (error instanceof ConvexCallError) {
      if (await auth.endedHere()) throw toLogin();
      context.report({
        component: "data",
        action: context.route.pattern,
        error,
        userId: current.session.user.id,
      });
    }
    throw error;
  }
}
