/** Revokes sessions of the current user: first in Convex, which checks the owner, then everywhere else. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { revokeAtWorkOS } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../request/context.ts";
import { ConvexCallError, RejectedError, WorkOSCallError } from "../request/errors.ts";
import { describeError } from "../request/log.server.ts";
import { sessionsAtWorkOS } from "./listed-sessions.server.ts";

const PAGE = href("/settings/sessions");

/** Timeout for WorkOS's list, so that time remains to revoke the sessions that Convex knows. */
const WORKOS_MS = 1_000;

/** The part of a session that is needed to revoke it. `startedAt` is Unix ms. */
type Known = { sessionId: string; startedAt: number };

/**
 * Revokes one session of the current user.
 *
 * @throws {RejectedError} when the user has no such session (`not_found`).
 * @throws {ConvexCallError} when the session is unknown and WorkOS did not answer.
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does.
 */
export async function endSession(context: RequestContext, sessionId: string): Promise<void> {
  const { known, whole } = await ownSessions(context);
  const session = known.find((one) => one.sessionId === sessionId);
  // WorkOS did not answer, so the session may be one that only WorkOS knows.
  if (session === undefined && !whole) throw new ConvexCallError("unavailable");
  if (session === undefined)
    throw new RejectedError("not_found", "There is no such session of yours any more.");
  await asCurrentUser(context, PAGE, (convex) =>
    convex.workerMutation(api.sessions.revoke, { sessionId, ...deviceOf(context) }),
  );
  await endElsewhere(context, session);
}

/**
 * Revokes all other sessions of the current user: in Convex with one call, however many they are, and those
 * that are known at WorkOS too.
 *
 * @returns False if WorkOS did not answer. Sessions that only WorkOS knows may remain there.
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does.
 */
export async function endOtherSessions(context: RequestContext): Promise<boolean> {
  const { known, whole } = await ownSessions(context);
  const current = await context.auth.open();
  if (current === null) throw new RejectedError("unauthenticated", "Please sign in.");
  await asCurrentUser(context, PAGE, (convex) =>
    convex.workerMutation(api.edge.otherSessionsEnded, {
      sessionId: current.sessionId,
      ...deviceOf(context),
    }),
  );
  const others = known.filter(({ sessionId }) => sessionId !== current.sessionId);
  await Promise.all(others.map((session) => endElsewhere(context, session)));
  return whole;
}

/** Returns the user's sessions without duplicates. `whole` is false if WorkOS did not answer. */
async function ownSessions(context: RequestContext): Promise<{ known: Known[]; whole: boolean }> {
  const userId = (await context.auth.open())?.user.id ?? "";
  const [{ sessions }, atWorkOS] = await Promise.all([
    asCurrentUser(context, PAGE, (convex) => convex.query(api.pages.sessions, {})),
    sessionsAtWorkOS(context, userId, AbortSignal.any([context.deadline, AbortSignal.timeout(WORKOS_MS)])),
  ]);
  const known = new Map<string, Known>();
  for (const session of [...(atWorkOS ?? []), ...sessions]) known.set(session.sessionId, session);
  return { known: [...known.values()], whole: atWorkOS !== null };
}

function deviceOf({ seen: { ipAddress, userAgent } }: RequestContext) {
  return { ipAddress, userAgent };
}

/**
 * Ends a session that Convex has revoked, in its Durable Object and at WorkOS. If WorkOS fails, the session
 * expires there.
 */
async function endElsewhere(context: RequestContext, { sessionId, startedAt }: Known): Promise<void> {
  const { auth, deadline, env, log, refreshers } = context;
  const device = deviceOf(context);
  const userId = (await auth.open())?.user.id ?? "";
  const atWorkOS = revokeAtWorkOS(env, sessionId, deadline).catch((error: unknown) => {
    if (!(error instanceof WorkOSCallError)) throw error;
    log.warn("auth.revoked", { outcome: "workos_not_told", kind: error.kind, status: error.status });
  });
  const here = refreshers(sessionId)
    .end({ sessionId, userId, signedInAt: startedAt, ...device, requestId: log.requestId, told: true })
    .catch((error: unknown) =>
      log.error("error", { component: "auth", action: "end-session", ...describeError(error) }),
    );
  await Promise.all([atWorkOS, here]);
  log.info("auth.revoked", { outcome: "by_owner", userId });
}
