/** Client entry: hydrates the page and reports errors. */
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";
import { isUnreachable } from "./data/unreachable.ts";
import { DocumentProvider, readDocument } from "./frame/document.ts";
import { keyHistoryEntry } from "./react-router/scroll-restoration.ts";

/** Reports an error, unless the network is down. Never throws. */
const report = (error: unknown) => {
  if (isUnreachable(error)) return;
  import("./frame/report-browser-error.ts")
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
 * @param agrees - Whether this browser formats dates and numbers like the server.
 */
function hydrate(agrees: boolean): void {
  // If the formats differ, for example in an unknown time zone, React renders again, which is expected.
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

// Pages for guests have no dates or numbers to compare.
const { formats } = html.dataset;
if (formats === undefined) hydrate(true);
else {
  import("./data/formats.ts").then(
    ({ compareFormats }) => hydrate(compareFormats(formats)),
    (error) => {
      report(error);
      hydrate(true);
    },
  );
}
