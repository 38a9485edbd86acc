/** Client entry: hydrates the page and reports errors. */
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";
import { loadForUsers } from "./data/for-users.tsx";
import { isUnreachable } from "./data/unreachable.ts";
import { DocumentProvider, readDocument } from "./frame/document.ts";
import { keyHistoryEntry } from "./react-router/scroll-restoration.ts";

/** Reports an error, unless the network is down. Never throws. */
const report = (error: unknown) => {
  if (isUnreachable(error)) return;
  import("./frame/report-browser-error.ts")
    .then(({ reportBrowserError }) => reportBrowserError(error))
    .catch(() => {
      // The reporter's code could not be loaded, so there is no way to report.
    });
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

// Pages of guests have no dates or numbers to compare, and need no Convex.
const { formats } = html.dataset;
if (formats === undefined) hydrate(true);
else {
  const agrees = import("./data/formats.ts").then(
    ({ compareFormats }) => compareFormats(formats),
    (error) => {
      report(error);
      return true;
    },
  );
  // Until this code has arrived, the page stays as the server has rendered it: links and forms work.
  Promise.all([agrees, loadForUsers()]).then(([agrees]) => hydrate(agrees), report);
}
