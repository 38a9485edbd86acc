/** The person's sessions: WorkOS knows which there are, Convex how and where they are used. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { listSessions, type WorkOSSession } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../context.ts";
import { WorkOSFailure } from "../errors.ts";
import { deviceInWords } from "./device.ts";

type ConvexSession = FunctionReturnType<typeof api.sessions.mine>[number];

/** A session as the page shows it. Times are Unix milliseconds. */
export type ListedSession = {
  sessionId: string;
  device: string;
  place: string | null;
  startedAt: number;
  /** Null where only WorkOS knows of the session. */
  lastSeenAt: number | null;
  current: boolean;
};

/**
 * Both lists in one: what WorkOS says is active, with what Convex knows of it.
 *
 * @param atWorkOS Null where WorkOS did not answer: then Convex's rows are all there is.
 */
export function joinSessions(
  atWorkOS: readonly WorkOSSession[] | null,
  inConvex: readonly ConvexSession[],
  currentId: string,
): ListedSession[] {
  const rows = new Map(inConvex.map((row) => [row.sessionId, row]));
  const known: readonly Pick<WorkOSSession, "sessionId" | "startedAt" | "userAgent">[] =
    atWorkOS ?? inConvex.map((row) => ({ ...row, userAgent: row.userAgent ?? null }));
  return known
    .map(({ sessionId, startedAt, userAgent }) => {
      const row = rows.get(sessionId);
      return {
        sessionId,
        device: deviceInWords(row?.userAgent ?? userAgent),
        place: [row?.city, row?.country].filter(Boolean).join(", ") || null,
        startedAt: row?.startedAt ?? startedAt,
        lastSeenAt: row?.lastSeenAt ?? null,
        current: sessionId === currentId,
      };
    })
    .sort((a, b) => Number(b.current) - Number(a.current) || b.startedAt - a.startedAt);
}

/** @returns WorkOS's list; null where it does not answer in time: by the request's deadline, or sooner. */
export async function sessionsAtWorkOS(
  { deadline, env, log }: RequestContext,
  userId: string,
  signal: AbortSignal = deadline,
): Promise<WorkOSSession[] | null> {
  try {
    return await listSessions(env, userId, signal);
  } catch (error) {
    if (!(error instanceof WorkOSFailure)) throw error;
    log.warn("sessions.list", { kind: error.kind, status: error.status });
    return null;
  }
}
