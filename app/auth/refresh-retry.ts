/**
 * Retries of a refresh whose response was lost. WorkOS accepts the refresh token again for 30 s, so the last
 * retry leaves time for a slow connection.
 */
import type { SeenFrom } from "../request/context.ts";

/** A refresh that WorkOS may have carried out. Times are Unix milliseconds. */
export type LostRefresh = {
  /** The session before the refresh, sealed. */
  sealed: string;
  /** `refreshedAt` of that session. */
  refreshedAt: number;
  firstAt: number;
  /** Number of retries so far. */
  retries: number;
  seen: SeenFrom;
  /** Id of the request that caused the refresh. */
  requestId: string;
};

/** Delays of the retries after the first call, in milliseconds. */
const RETRY_AFTER_MS = [8_000, 21_000];

/** Returns when a lost refresh is to be retried next, or null if it is given up. */
export function nextRetry({ firstAt, retries }: LostRefresh): number | null {
  const delay = RETRY_AFTER_MS[retries];
  return delay === undefined ? null : firstAt + delay;
}
