/** State of the page's connection to its data. */

/** `offline`: the browser has no network. `unavailable`: the server does not answer, or no data arrives. */
export type LiveState = "connecting" | "live" | "offline" | "unavailable";

/** Returns whether the data shown may be stale. */
export function isStale(state: LiveState | null): boolean {
  return state === "offline" || state === "unavailable";
}
