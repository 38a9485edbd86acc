/**
 * Cache of ended sessions in this isolate. Covers the seconds in which Convex is back after an outage but has
 * not received a sign-out yet. Entries never become stale, because an ended session stays ended.
 */
import { setBounded } from "../request/bounded-map.ts";
import type { Refreshers } from "./refresher.server.ts";
import type { EndReason } from "./session.ts";

/** Maximum number of entries. The Durable Object and Convex still know evicted ones. */
const MAX_KNOWN = 2_000;
const known = new Map<string, EndReason>();

function note(sessionId: string, reason: EndReason): void {
  // Keep the first reason.
  if (!known.has(sessionId)) setBounded(known, sessionId, reason, MAX_KNOWN);
}

/** Returns why a session ended, or null if this isolate does not know that it ended. */
export function knownEnd(sessionId: string): EndReason | null {
  return known.get(sessionId) ?? null;
}

/** Wraps the refreshers so that each end of a session is cached. */
export function cachingEnds(refreshers: Refreshers): Refreshers {
  return (sessionId) => ({
    async refresh(request) {
      const answer = await refreshers(sessionId).refresh(request);
      if (answer.status === "ended") note(sessionId, answer.reason);
      return answer;
    },
    async end(request) {
      // Before the call, so that the session counts as ended even if the object is unreachable.
      note(sessionId, "session_revoked");
      await refreshers(sessionId).end(request);
    },
    async ended() {
      const reason = await refreshers(sessionId).ended();
      if (reason !== null) note(sessionId, reason);
      return reason;
    },
  });
}
