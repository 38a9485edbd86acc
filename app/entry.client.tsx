/** Where the browser takes over. */
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";
import { DocumentProvider, readDocument } from "./document.ts";
import { keyHistoryEntry } from "./scroll-restoration.ts";
import { isUnreachable } from "./unreachable.ts";

/** Where the network is gone nobody can be told, and this must not be the next thing that goes wrong. */
const report = (error: unknown) => {
  if (isUnreachable(error)) return;
  import("./report-browser-error.ts")
    .then(({ reportBrowserError }) => reportBrowserError(error))
    .catch(() => {});
};

window.addEventListener("error", (event: ErrorEvent) => report(event.error ?? event.message));
window.addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => report(event.reason));

keyHistoryEntry();

const html = document.documentElement;

/**
 * Hydrates the page.
 *
 * @param agrees - Whether this browser formats the page's dates and numbers as the server did.
 */
function hydrate(agrees: boolean): void {
  // Otherwise, as with an unknown time zone, React renders the page again on the client, which is not an error here.
  const options = agrees ? {} : { onRecoverableError: () => {} };
  startTransition(() => {
    hydrateRoot(
      document,
      <DocumentProvider value={readDocument(html)}>
        <HydratedRouter onError={report} />
      </DocumentProvider>,
      options,
    );
  });
}

// A guest's page has no dates or numbers, and does not load what compares them.
const { formats } = html.dataset;
if (formats === undefined) hydrate(true);
else {
  import("./live/formats.ts").then(
    ({ compareFormats }) => hydrate(compareFormats(formats)),
    (error) => {
      report(error);
      hydrate(true);
    },
  );
}
