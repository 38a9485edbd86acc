/**
 * Sessions that this isolate knows to be over. An end is never taken back, so remembering one cannot be wrong. It closes
 * the seconds in which Convex answers again but has not yet been told of a sign-out that it missed.
 */
import { remember } from "../bounded.ts";
import type { Refreshers } from "./refresher.server.ts";
import type { EndReason } from "./session.ts";

/** The oldest is forgotten beyond these; then the session's own object and Convex still know. */
const MOST_KNOWN = 2_000;
const known = new Map<string, EndReason>();

function note(sessionId: string, reason: EndReason): void {
  // The first reason is the one that counts.
  if (!known.has(sessionId)) remember(known, MOST_KNOWN, sessionId, reason);
}

/** @returns Why a session is over, where this isolate has seen it end; null says nothing. */
export function knownEnd(sessionId: string): EndReason | null {
  return known.get(sessionId) ?? null;
}

/** @returns The same, but every end that passes is remembered. */
export function rememberingEnds(refreshers: Refreshers): Refreshers {
  return (sessionId) => ({
    async refresh(request) {
      const answer = await refreshers(sessionId).refresh(request);
      if (answer.status === "ended") note(sessionId, answer.reason);
      return answer;
    },
    async end(request) {
      // Also where the object cannot be reached: the wish stands.
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
