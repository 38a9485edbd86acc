/** Signs out, first in this app and then at WorkOS, even if a service is down. */
import { href, redirect } from "react-router";
import type { RequestContext } from "../request/context.ts";
import { describeError } from "../request/log.server.ts";
import { logoutUrl } from "./workos.server.ts";

/** Returns a redirect to WorkOS, which ends its own session and redirects back; to `/` for a guest. */
export async function signOut(context: RequestContext): Promise<Response> {
  const { auth, env, log, notices, refreshers, seen } = context;
  const session = await auth.open();
  if (session === null) return redirect(href("/"));
  notices.forget();
  try {
    await refreshers(session.sessionId).end({
      sessionId: session.sessionId,
      userId: session.user.id,
      signedInAt: session.signedInAt,
      ipAddress: seen.ipAddress,
      userAgent: seen.userAgent,
      requestId: log.requestId,
      ...(session.impersonator !== null && { impersonator: session.impersonator }),
    });
    log.info("auth.logout", { outcome: "signed_out", userId: session.user.id });
  } catch (error) {
    log.error("auth.logout", { outcome: "not_recorded", userId: session.user.id, ...describeError(error) });
  }
  auth.end();
  return redirect(logoutUrl(env, session.sessionId));
}
