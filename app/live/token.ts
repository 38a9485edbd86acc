/** The access token for Convex, asked for at the worker. It lives in memory only. */

import { pause } from "./pause.ts";

/** How long a page that is being left asks for nothing; a download only looks like leaving, and the page goes on. */
const LEAVING_MS = 2_000;

let leavingUntil = 0;
globalThis.addEventListener?.("beforeunload", () => {
  leavingUntil = performance.now() + LEAVING_MS;
});

/** The answer to a tab that signs out by its own link would only be a refusal. */
async function notWhileLeaving(signal: AbortSignal): Promise<void> {
  while (!signal.aborted && performance.now() < leavingUntil) await pause(0, signal);
}

/**
 * Asks until there is an answer: a network error, a worker that is restarted or a WorkOS that is down say nothing
 * about who is signed in, and telling Convex "no token" would sign the tab out.
 *
 * @param signal Ends the waiting, when the tab's client is closed.
 * @returns The token, or null where the worker says that nobody is signed in.
 */
export async function fetchAccessToken(forceRefresh: boolean, signal: AbortSignal): Promise<string | null> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    await notWhileLeaving(signal);
    try {
      const response = await fetch("/api/auth/token", {
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
      // Not reachable: said nowhere, since the connection's state shows it.
    }
    await pause(attempt, signal);
  }
  return null;
}
