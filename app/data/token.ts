/** Access token for Convex, requested from the worker and kept in memory only. */
import { href } from "react-router";
import { pause } from "./pause.ts";

/**
 * How long to wait after `beforeunload`. It is bounded because a download fires it too, and the page stays.
 */
const LEAVING_MS = 2_000;

let leavingUntil = 0;
globalThis.addEventListener?.("beforeunload", () => {
  leavingUntil = performance.now() + LEAVING_MS;
});

/** Waits while the page is being left: a tab that signs out would only get a 401. */
async function notWhileLeaving(signal: AbortSignal): Promise<void> {
  while (!signal.aborted && performance.now() < leavingUntil) await pause(0, signal);
}

/**
 * Returns the access token. Retries until the worker answers, because a network error or a WorkOS outage does
 * not mean that the user is signed out, and passing null to Convex would sign the tab out.
 *
 * @param forceRefresh - Whether Convex rejected the last token.
 * @param signal - Stops the retries when the tab's client is closed.
 * @returns The token, or null if no user is signed in or `signal` was aborted.
 */
export async function fetchAccessToken(forceRefresh: boolean, signal: AbortSignal): Promise<string | null> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    await notWhileLeaving(signal);
    try {
      const response = await fetch(href("/api/auth/token"), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ forceRefresh }),
        signal,
      });
      if (response.status === 401) return null;
      if (response.ok) {
        const { token }: { token: string } = await response.json();
        return token;
      }
    } catch {
      // Not reachable: the connection state already shows it.
    }
    await pause(attempt, signal);
  }
  return null;
}
