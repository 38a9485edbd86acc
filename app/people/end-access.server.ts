/** Ends the access of another user: first in Convex, then at WorkOS and in the sessions' Durable Objects. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { listSessions, revokeAtWorkOS, type WorkOSSession } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../request/context.ts";
import { WorkOSCallError } from "../request/errors.ts";
import { describeError } from "../request/log.server.ts";

/** Timeout of all calls to WorkOS together. Convex has ended the sessions, whether WorkOS answers or not. */
const WORKOS_MS = 3_000;
/** Sessions that are ended at WorkOS; further ones end here only. */
const MOST_AT_WORKOS = 20;

/**
 * Suspends a user, or ends their sessions.
 *
 * @param how - The function of Convex, which checks that the current user may do this.
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does.
 */
export async function endAccess(
  context: RequestContext,
  how: "suspend" | "endSessions",
  userId: string,
): Promise<void> {
  const workosUserId = await asCurrentUser(context, href("/admin/users"), async (convex) => {
    // Before the sessions end, among which may be the current one.
    const user = await convex.query(api.users.getById, { userId });
    await convex.mutation(api.users[how], { userId });
    return user !== null && "workosUserId" in user ? String(user.workosUserId) : null;
  });
  if (workosUserId === null) return;
  const signal = AbortSignal.timeout(WORKOS_MS);
  const sessions = await listSessions(context.env, workosUserId, signal).catch((error: unknown) => {
    logFailure(context, error);
    return [];
  });
  const newest = sessions.slice(0, MOST_AT_WORKOS);
  await Promise.all(newest.map((session) => endElsewhere(context, workosUserId, session, signal)));
  context.log.info("auth.revoked", { outcome: "by_admin", userId: workosUserId });
}

async function endElsewhere(
  context: RequestContext,
  userId: string,
  { sessionId, startedAt }: WorkOSSession,
  signal: AbortSignal,
): Promise<void> {
  const { env, log, refreshers } = context;
  const device = { ipAddress: "", userAgent: "", requestId: log.requestId };
  const end = { sessionId, userId, signedInAt: startedAt, ...device, told: true };
  const results = await Promise.allSettled([
    revokeAtWorkOS(env, sessionId, signal),
    refreshers(sessionId).end(end),
  ]);
  for (const result of results) if (result.status === "rejected") logFailure(context, result.reason);
}

function logFailure({ log }: RequestContext, error: unknown): void {
  const cause =
    error instanceof WorkOSCallError ? { kind: error.kind, status: error.status } : describeError(error);
  log.warn("auth.revoked", { outcome: "not_everywhere", ...cause });
}
