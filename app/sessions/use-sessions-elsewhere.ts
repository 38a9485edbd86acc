/** Live list of sessions: Convex's changes appear at once, data from the worker after a revalidation. */
import { useEffect, useRef } from "react";
import { api } from "../../convex/_generated/api.js";
import { useLiveQuery } from "../data/use-live-query.ts";
import { useRevalidate } from "../react-router/use-revalidate.ts";
import type { ListedSession } from "./listed-sessions.server.ts";

/**
 * Removes revoked sessions from the loader's list and updates when each was last seen. A new session triggers
 * a revalidation, because only the loader knows its device.
 *
 * @param listed - The loader's sessions.
 * @returns The current sessions.
 */
export function useSessionsElsewhere(listed: readonly ListedSession[]): readonly ListedSession[] {
  const { value } = useLiveQuery(api.sessions.mine, {}, null);
  const revalidate = useRevalidate();
  // Includes sessions of earlier loader data: the loader may omit a revoked session before this query does.
  const known = useRef(new Set<string>()).current;
  for (const { sessionId } of listed) known.add(sessionId);
  const arrived = (value ?? []).filter(({ sessionId }) => !known.has(sessionId)).map((row) => row.sessionId);
  const news = arrived.join(" ");
  useEffect(() => {
    if (news !== "") void revalidate();
  }, [news, revalidate]);

  if (value === null) return listed;
  const rows = new Map(value.map((row) => [row.sessionId, row]));
  return listed.flatMap((session) => {
    const row = rows.get(session.sessionId);
    if (row !== undefined) return [{ ...session, lastSeenAt: row.lastSeenAt }];
    // A session that only WorkOS knows never has a row; for any other, a missing row means it was revoked.
    return session.lastSeenAt === null ? [session] : [];
  });
}
