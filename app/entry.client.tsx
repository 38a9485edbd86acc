/** Where the browser takes over. */
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";
import { DocumentProvider, readDocument } from "./document.ts";

startTransition(() => {
  hydrateRoot(
    document,
    <DocumentProvider value={readDocument(document.documentElement)}>
      <HydratedRouter />
    </DocumentProvider>,
  );
});
