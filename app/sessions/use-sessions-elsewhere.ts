/** The list of sessions, live: what Convex sees of each shows at once, and what only the worker can say soon after. */
import { useEffect, useRef } from "react";
import { api } from "../../convex/_generated/api.js";
import { useLiveQuery } from "../live/use-live-query.ts";
import { useRevalidate } from "../live/use-revalidate.ts";
import type { ListedSession } from "./listed-sessions.server.ts";

/**
 * @param listed What the loader gave.
 * @returns Without those that have ended since; a new one comes with the loader's next answer, which has its device.
 */
export function useSessionsElsewhere(listed: readonly ListedSession[]): readonly ListedSession[] {
  const { value } = useLiveQuery(api.sessions.mine, {}, null);
  const revalidate = useRevalidate();
  // Also those of earlier answers: of one that was ended the loader may hear before Convex says so here.
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
    // Convex never had a row of a session that only WorkOS knows of; one whose row is gone is over.
    return session.lastSeenAt === null ? [session] : [];
  });
}
