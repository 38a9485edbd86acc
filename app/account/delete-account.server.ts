/** Deletes the current user's account in WorkOS and Convex and revokes all sessions. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { deleteAtWorkOS, listSessions } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import { RejectedError, WorkOSCallError } from "../request/errors.ts";
import { describeError } from "../request/log.server.ts";

/**
 * Deletes the current user. WorkOS goes first, so that the user cannot sign in to a deleted account; then
 * Convex, then the Durable Object of each session. Safe to retry after a partial failure, which WorkOS's
 * webhook also repairs.
 *
 * @throws {RejectedError} when the user is the last admin (`conflict`) or is impersonated (`forbidden`).
 * @throws {WorkOSCallError} when WorkOS does not answer or rejects the request.
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does.
 */
export async function deleteAccount(context: RequestContext): Promise<void> {
  const { auth, deadline, env, log } = context;
  const [{ lastAdmin }, { sessions }] = await asCurrentUser(context, href("/settings/account"), (convex) =>
    Promise.all([convex.query(api.pages.account, {}), convex.query(api.pages.sessions, {})]),
  );
  const session = await auth.open();
  if (session === null) return;
  if (session.impersonator !== null) {
    throw new RejectedError("forbidden", "Only the person themselves can delete their account.");
  }
  if (lastAdmin) {
    throw new RejectedError("conflict", "You are the last admin. Make another user an admin first.");
  }
  const userId = session.user.id;
  const atWorkOS = await ifNotFound(listSessions(env, userId, deadline), []);
  await ifNotFound(deleteAtWorkOS(env, userId, deadline), undefined);
  await closeInConvex(context, session.accessToken);
  await revokeAllSessions(context, [
    ...sessions.map(({ sessionId, startedAt }) => ({ sessionId, startedAt })),
    ...atWorkOS,
    { sessionId: session.sessionId, startedAt: session.signedInAt },
  ]);
  auth.end();
  log.info("account.deleted", { userId });
}

/** Returns `fallback` if WorkOS answers 404, which means that the user is already deleted there. */
async function ifNotFound<T>(call: Promise<T>, fallback: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkOSCallError && error.status === 404) return fallback;
    throw error;
  }
}

async function closeInConvex({ env, deadline, log }: RequestContext, token: string): Promise<void> {
  try {
    await createConvex(env, token, deadline).workerMutation(api.edge.accountDeleted, {});
  } catch (error) {
    // The webhook of WorkOS was faster, or it will arrive later and delete the user.
    if (!(error instanceof RejectedError)) throw error;
    if (error.code !== "unauthenticated")
      log.error("account.deleted", { outcome: "refused", code: error.code });
  }
}

/** Revokes every session. Access tokens stay valid for a few minutes, but cannot be refreshed. */
async function revokeAllSessions(
  { auth, log, refreshers, seen }: RequestContext,
  sessions: readonly { sessionId: string; startedAt: number }[],
): Promise<void> {
  const userId = (await auth.open())?.user.id ?? "";
  const origin = { ipAddress: seen.ipAddress, userAgent: seen.userAgent, requestId: log.requestId };
  const starts = new Map(sessions.map(({ sessionId, startedAt }) => [sessionId, startedAt]));
  const ends = [...starts].map(([sessionId, signedInAt]) =>
    refreshers(sessionId).end({ sessionId, userId, signedInAt, ...origin, told: true }),
  );
  for (const result of await Promise.allSettled(ends)) {
    if (result.status === "fulfilled") continue;
    log.error("error", { component: "auth", action: "delete-account", ...describeError(result.reason) });
  }
}
