// State of the page's connection to its data.

/** `offline`: this browser has no network; `unavailable`: the other end does not answer, or nothing arrives. */
export type LiveState = "connecting" | "live" | "offline" | "unavailable";

/** Returns whether what is shown may be old. */
export function isStale(state: LiveState | null): boolean {
  return state === "offline" || state === "unavailable";
}
