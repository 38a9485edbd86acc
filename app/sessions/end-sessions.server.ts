/** Ending sessions of one's own, wherever they are: in Convex first, which knows whose they are. */
import { api } from "../../convex/_generated/api.js";
import { asViewer } from "../auth/as-viewer.server.ts";
import { revokeAtWorkOS } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../context.ts";
import { WorkOSFailure } from "../errors.ts";
import { describeError } from "../log.server.ts";

/**
 * Ends one session of the signed-in person. Convex refuses it at once; its own object gives out no token any more;
 * WorkOS forgets it, now or when it runs out.
 *
 * @param startedAt When it was signed in, Unix milliseconds.
 * @throws as `asViewer`.
 */
export async function endSession(
  context: RequestContext,
  sessionId: string,
  startedAt: number,
): Promise<void> {
  const { auth, deadline, env, log, refreshers, seen } = context;
  const device = { ipAddress: seen.ipAddress, userAgent: seen.userAgent };
  await asViewer(context, "/settings/sessions", (convex) =>
    convex.mutation(api.sessions.revoke, { sessionId, ...device, edgeSecret: env.edgeSecret }),
  );
  const userId = (await auth.open())?.user.id ?? "";
  const atWorkOS = revokeAtWorkOS(env, sessionId, deadline).catch((error: unknown) => {
    if (!(error instanceof WorkOSFailure)) throw error;
    log.warn("auth.revoked", { outcome: "workos_not_told", kind: error.kind, status: error.status });
  });
  const here = refreshers(sessionId)
    .end({ sessionId, userId, signedInAt: startedAt, ...device, told: true })
    .catch((error: unknown) =>
      log.error("error", { component: "auth", action: "end-session", ...describeError(error) }),
    );
  await Promise.all([atWorkOS, here]);
  log.info("auth.revoked", { outcome: "by_owner", userId });
}
