/** List of a user's sessions: WorkOS has the active ones, Convex has their device, location and last use. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { listSessions, type WorkOSSession } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../request/context.ts";
import { WorkOSCallError } from "../request/errors.ts";
import { deviceInWords } from "./device.ts";

type ConvexSession = FunctionReturnType<typeof api.sessions.mine>[number];

/** A session as the page shows it. Times are Unix ms. */
export type ListedSession = {
  sessionId: string;
  device: string;
  location: string | null;
  startedAt: number;
  /** Null if only WorkOS knows the session. */
  lastSeenAt: number | null;
  current: boolean;
};

type Known = Pick<WorkOSSession, "sessionId" | "startedAt" | "userAgent">;

/**
 * Returns WorkOS's active sessions with the details from Convex; the current one first, then the newest.
 *
 * @param atWorkOS - WorkOS's sessions; null if WorkOS did not answer. Then all of Convex's rows are used.
 * @param inConvex - Convex's rows.
 * @param current - The current session. WorkOS's list lacks it if many others are newer.
 */
export function joinSessions(
  atWorkOS: readonly WorkOSSession[] | null,
  inConvex: readonly ConvexSession[],
  current: Known,
): ListedSession[] {
  const rows = new Map(inConvex.map((row) => [row.sessionId, row]));
  const known: readonly Known[] =
    atWorkOS ?? inConvex.map((row) => ({ ...row, userAgent: row.userAgent ?? null }));
  const isListed = known.some(({ sessionId }) => sessionId === current.sessionId);
  return (isListed ? known : [...known, current])
    .map(({ sessionId, startedAt, userAgent }) => {
      const row = rows.get(sessionId);
      return {
        sessionId,
        device: deviceInWords(row?.userAgent ?? userAgent),
        location: [row?.city, row?.country].filter(Boolean).join(", ") || null,
        startedAt: row?.startedAt ?? startedAt,
        lastSeenAt: row?.lastSeenAt ?? null,
        current: sessionId === current.sessionId,
      };
    })
    .sort((a, b) => Number(b.current) - Number(a.current) || b.startedAt - a.startedAt);
}

/**
 * Returns WorkOS's sessions of a user; null if WorkOS does not answer in time.
 *
 * @param signal - Aborts the request; the deadline of the context by default.
 */
export async function sessionsAtWorkOS(
  { deadline, env, log }: RequestContext,
  userId: string,
  signal: AbortSignal = deadline,
): Promise<WorkOSSession[] | null> {
  try {
    return await listSessions(env, userId, signal);
  } catch (error) {
    if (!(error instanceof WorkOSCallError)) throw error;
    log.warn("sessions.list", { kind: error.kind, status: error.status });
    return null;
  }
}
