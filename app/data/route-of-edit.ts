/** Chooses the transport of an edit and keeps edits in order. */

import { href } from "react-router";
import type { LiveState } from "../ui/live-state.ts";
import type { LiveClient } from "./live-client.ts";

let last: Promise<unknown> = Promise.resolve();
let open = 0;

/** Returns whether the queue of edits is empty. */
export function isTurnFree(): boolean {
  return open === 0;
}

/** Runs `send` after all earlier edits were sent, to keep their order. */
export function inTurn(send: () => Promise<void>): void {
  open += 1;
  last = last.then(send).finally(() => {
    open -= 1;
  });
}

/** Returns whether the worker answers and reaches Convex. */
async function isServerComplete(): Promise<boolean> {
  try {
    const response = await fetch(href("/api/auth/session"), { cache: "no-store" });
    return response.ok && !response.headers.has("X-Data-Missing");
  } catch {
    return false;
  }
}

/**
 * Returns whether to send an edit with the Convex client, which applies it exactly once after any delay. HTTP
 * is used only if the socket is not live, no earlier mutation is in flight, and the server can apply the
 * edit.
 */
export async function goesOverSocket(client: LiveClient, state: LiveState | null): Promise<boolean> {
  if (state === "live" || !navigator.onLine || client.connectionState().inflightMutations > 0) return true;
  return !(await isServerComplete());
}
