/** How long a request waits for the refresh of its session. The refresh goes on without it. */
import type { RefreshAnswer, RefreshRequest, SessionRefresherMethods } from "./refresher.server.ts";
import type { Session } from "./session.ts";

/** How long a request waits for a refresh that it can do without. */
const BRIEFLY_MS = 500;

/**
 * Returns when to stop waiting: soon, if the current token is good enough.
 *
 * @param lifetimeMs - Required remaining lifetime of the current token, in milliseconds.
 * @param now - Unix milliseconds.
 * @param deadline - Aborts waiting in any case.
 */
export function patienceFor(
  session: Readonly<Session>,
  lifetimeMs: number,
  now: number,
  deadline: AbortSignal,
): AbortSignal {
  if (session.accessTokenExpiresAt - now < lifetimeMs) return deadline;
  return AbortSignal.any([deadline, AbortSignal.timeout(BRIEFLY_MS)]);
}

/** Returns the answer of a session's Durable Object, or `unavailable` if there is none at the deadline. */
export function refreshWithin(
  refresher: SessionRefresherMethods,
  request: RefreshRequest,
  deadline: AbortSignal,
): Promise<RefreshAnswer> {
  const waited = new Promise<RefreshAnswer>((resolve) => {
    const stop = () => resolve({ status: "unavailable" });
    if (deadline.aborted) stop();
    else deadline.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([refresher.refresh(request), waited]);
}
