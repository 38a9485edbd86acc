/** Tells the worker what went wrong in this browser; loaded when something does. */

const MOST_PER_PAGE = 5;
const MAX_TEXT = 1500;

/** Cuts between words: the worker does not recognize half of a secret. */
const cut = (text: string) => (text.length > MAX_TEXT ? text.slice(0, MAX_TEXT).replace(/\S+$/, "") : text);

let reported = 0;

/** @param error What was thrown. Nobody waits for this, and where it fails nobody is told. */
export function reportBrowserError(error: unknown): void {
  reported++;
  if (reported > MOST_PER_PAGE) return;
  const known = error instanceof Error ? error : new Error(String(error));
  const body = JSON.stringify({
    message: cut(`${known.name}: ${known.message}`),
    stack: cut(known.stack ?? ""),
    path: location.pathname,
  });
  void fetch("/api/errors", {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json" },
    keepalive: true,
  }).catch(() => {});
}
