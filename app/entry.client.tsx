/** Where the browser takes over. */
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";
import { DocumentProvider, readDocument } from "./document.ts";
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

startTransition(() => {
  hydrateRoot(
    document,
    <DocumentProvider value={readDocument(document.documentElement)}>
      <HydratedRouter onError={report} />
    </DocumentProvider>,
  );
});
