/** Reports browser errors to the worker. Loaded when the first error occurs. */
import { href } from "react-router";

const MAX_PER_PAGE = 5;
const MAX_TEXT = 1500;

/** Cuts between words, because the worker does not recognize half a secret. */
const cut = (text: string) => (text.length > MAX_TEXT ? text.slice(0, MAX_TEXT).replace(/\S+$/, "") : text);

let reported = 0;

/**
 * Reports an error, at most five per page. Failures are ignored.
 *
 * @param error - The thrown value.
 */
export function reportBrowserError(error: unknown): void {
  reported++;
  if (reported > MAX_PER_PAGE) return;
  const known = error instanceof Error ? error : new Error(String(error));
  const body = JSON.stringify({
    message: cut(`${known.name}: ${known.message}`),
    stack: cut(known.stack ?? ""),
    path: location.pathname,
  });
  void fetch(href("/api/errors"), {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json" },
    keepalive: true,
  }).catch(() => {
    // Reporting this failure would fail in the same way.
  });
}
