/** Which way an edit goes, and one edit after the other. */
import type { ConvexReactClient } from "convex/react";
import type { LiveState } from "../ui/live-state.ts";

let last: Promise<unknown> = Promise.resolve();
let open = 0;

/** Whether no edit waits for its turn. */
export function isTurnFree(): boolean {
  return open === 0;
}

/** Runs `send` after the edits before it were sent: their order stays. */
export function inTurn(send: () => Promise<void>): void {
  open += 1;
  last = last.then(send).finally(() => {
    open -= 1;
  });
}

/** Whether the worker answers and reaches Convex. */
async function isServerComplete(): Promise<boolean> {
  try {
    const response = await fetch("/api/auth/session", { cache: "no-store" });
    return response.ok && !response.headers.has("X-Data-Missing");
  } catch {
    return false;
  }
}

/**
 * Whether an edit is handed to the Convex client, which applies it exactly once, however long that takes. Over HTTP it
 * goes only if the socket is not live, nothing is in flight that it would overtake, and the server can apply it.
 */
export async function goesOverSocket(client: ConvexReactClient, state: LiveState | null): Promise<boolean> {
  if (state === "live" || !navigator.onLine || client.connectionState().inflightMutations > 0) return true;
  return !(await isServerComplete());
}
