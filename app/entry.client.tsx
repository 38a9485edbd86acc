/** Where the browser takes over. */
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";
import { DocumentProvider, readDocument } from "./document.ts";

const report = (error: unknown) =>
  void import("./report-browser-error.ts").then(({ reportBrowserError }) => reportBrowserError(error));

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
