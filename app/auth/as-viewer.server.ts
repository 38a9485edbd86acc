/** Calling Convex as the signed-in person, from an action. */
import { redirect } from "react-router";
import type { RequestContext } from "../context.ts";
import { type Convex, createConvex } from "../convex.server.ts";
import { ConvexFailure, Refusal } from "../errors.ts";
import { loginPath } from "./return-to.ts";

/**
 * Runs a call with the person's own token.
 *
 * @param returnTo The page to come back to where the person must sign in first.
 * @returns What `call` returns.
 * @throws {Refusal} Convex said no.
 * @throws {ConvexFailure} Convex, or WorkOS for the token, did not answer.
 * @throws a redirect to `/login` where nobody is signed in or the session was revoked.
 */
export async function asViewer<T>(
  context: RequestContext,
  returnTo: string,
  call: (convex: Convex) => Promise<T>,
): Promise<T> {
  const { auth, env, deadline } = context;
  const toLogin = () => redirect(loginPath({ returnTo, error: auth.endReason }));
  const current = await auth.current();
  if (current === null) throw toLogin();
  if (!current.tokenUsable) throw new ConvexFailure("unavailable");
  try {
    return await call(createConvex(env, current.session.accessToken, deadline));
  } catch (error) {
    if (error instanceof Refusal && error.code === "unauthenticated") {
      context.log.info("auth.revoked", { userId: current.session.user.id });
      auth.end("session_revoked");
      throw toLogin();
    }
    if (error instanceof ConvexFailure) {
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
