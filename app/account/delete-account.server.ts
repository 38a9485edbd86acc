/** The end of one's own account: at WorkOS, in Convex, and in every browser. */
import { api } from "../../convex/_generated/api.js";
import { asViewer } from "../auth/as-viewer.server.ts";
import { deleteAtWorkOS, listSessions } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../context.ts";
import { createConvex } from "../convex.server.ts";
import { Refusal, WorkOSFailure } from "../errors.ts";
import { describeError } from "../log.server.ts";

/**
 * Deletes the signed-in person. What is not theirs to decide is asked first; then WorkOS, so that nobody is left who can
 * sign in to nothing; then Convex, then each session's own object. Broken off anywhere, it is mended by doing it again,
 * and by WorkOS's webhook.
 *
 * @throws {Refusal} `conflict` for the last admin. @throws {WorkOSFailure} @throws as `asViewer`.
 */
export async function deleteAccount(context: RequestContext): Promise<void> {
  const { auth, deadline, env, log } = context;
  const [{ lastAdmin }, { sessions }] = await asViewer(context, "/settings/account", (convex) =>
    Promise.all([convex.query(api.pages.account, {}), convex.query(api.pages.sessions, {})]),
  );
  const session = await auth.open();
  if (session === null) return;
  if (session.impersonator !== null) {
    throw new Refusal("forbidden", "Only the person themselves can delete their account.");
  }
  if (lastAdmin) {
    throw new Refusal("conflict", "You are the last admin. Make somebody else an admin first.");
  }
  const userId = session.user.id;
  const atWorkOS = await orGone(listSessions(env, userId, deadline), []);
  await orGone(deleteAtWorkOS(env, userId, deadline), undefined);
  await closeInConvex(context, session.accessToken);
  await endEverySession(context, [
    ...sessions.map(({ sessionId, startedAt }) => ({ sessionId, startedAt })),
    ...atWorkOS,
    { sessionId: session.sessionId, startedAt: session.signedInAt },
  ]);
  auth.end();
  log.info("account.deleted", { userId });
}

/** Somebody whom WorkOS does not know has been deleted there already. */
async function orGone<T>(call: Promise<T>, gone: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkOSFailure && error.status === 404) return gone;
    throw error;
  }
}

async function closeInConvex({ env, deadline, log }: RequestContext, token: string): Promise<void> {
  try {
    await createConvex(env, token, deadline).mutation(api.edge.accountDeleted, {
      edgeSecret: env.edgeSecret,
    });
  } catch (error) {
    // WorkOS's webhook was quicker; or it is still to come, and does what was refused here.
    if (!(error instanceof Refusal)) throw error;
    if (error.code !== "unauthenticated")
      log.error("account.deleted", { outcome: "refused", code: error.code });
  }
}

/** Their tokens are good for a few minutes yet; no object of theirs gives out another. */
async function endEverySession(
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
