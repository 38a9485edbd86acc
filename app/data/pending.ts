/**
 * Pending edits of this tab, and rejections of forms that are no longer shown. Both belong to one session.
 */
import { useSyncExternalStore } from "react";

/** Message for edits that cannot wait for the network. */
export const OFFLINE_EDIT = "You are offline. This can be done once you are back.";

/** A pending edit. Leaving the site asks for confirmation from `from` on, Unix ms. */
type Held = { from: number };

let owner: string | null | undefined;
const held = new Set<Held>();
let rejections: readonly string[] = [];
const listeners = new Set<() => void>();
const onOwnerChange = new Set<() => void>();

const ask = (event: BeforeUnloadEvent) => {
  const now = Date.now();
  if ([...held].some(({ from }) => from <= now || !navigator.onLine)) event.preventDefault();
};

/** Listens only while an edit is pending, because the listener keeps pages out of the back-forward cache. */
function update(): void {
  if (held.size > 0) addEventListener("beforeunload", ask);
  else globalThis.removeEventListener?.("beforeunload", ask);
}

/**
 * Makes the browser ask before the user leaves the site while an edit is pending.
 *
 * @param graceMs - How long to wait before asking, ms, for an edit that is expected to be applied at once.
 * @returns Releases the edit.
 */
export function hold(graceMs: number): () => void {
  const one: Held = { from: Date.now() + graceMs };
  held.add(one);
  update();
  return () => {
    held.delete(one);
    update();
  };
}

/** Shows a rejection above the page. */
export function addRejection(text: string): void {
  setRejections([...rejections, text]);
}

export function clearRejections(): void {
  if (rejections.length > 0) setRejections([]);
}

function setRejections(next: readonly string[]): void {
  rejections = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
const NONE: readonly string[] = [];

/** Returns the rejections of forms that are no longer shown, oldest first. */
export function useRejections(): readonly string[] {
  return useSyncExternalStore(
    subscribe,
    () => rejections,
    () => NONE,
  );
}

/**
 * Clears the state of the previous session if the session changed.
 *
 * @param sessionId - The current session; null for a guest.
 */
export function belongTo(sessionId: string | null): void {
  const changed = owner !== undefined && owner !== sessionId;
  owner = sessionId;
  if (!changed) return;
  held.clear();
  update();
  clearRejections();
  for (const clear of onOwnerChange) clear();
}

/** Calls `clear` when the session changes. */
export function clearWithOwner(clear: () => void): void {
  onOwnerChange.add(clear);
}
