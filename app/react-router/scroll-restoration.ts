/**
 * Scroll restoration by React Router's hook. React Router's component adds an inline script that throws if
 * the browser blocks storage; the browser restores the position of a reloaded page by itself. See
 * docs/decisions/013-scroll-positions-without-a-script.md.
 */
import { UNSAFE_useScrollRestoration as useScrollRestoration } from "react-router";

/** Adds a key to the history entry of a new document, under which its scroll position is stored. */
export function keyHistoryEntry(): void {
  if (!history.state?.key) history.replaceState({ key: Math.random().toString(36).slice(2) }, "");
}

/** Keeps the scroll position of each history entry. */
export function ScrollRestoration() {
  useScrollRestoration();
  return null;
}
