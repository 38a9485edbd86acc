/**
 * The code of the other pages, loaded when there is time: a click then waits for data alone, and a tab that is older
 * than a deploy, or offline, still has all of its pages.
 */
import { useEffect } from "react";

declare global {
  interface Navigator {
    /** Not in every browser. */
    readonly connection?: { readonly saveData?: boolean };
  }
}

/** After this the page itself has what it needs. */
const REST_MS = 1_500;

/** @param wanted A guest's pages are few, and who saves data asks for no more than is needed. */
export function usePagesAhead(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || navigator.connection?.saveData) return;
    const timer = setTimeout(
      () =>
        import("./load-ahead.ts").then(
          ({ loadAhead }) => loadAhead(),
          () => {
            // Offline: a click says so.
          },
        ),
      REST_MS,
    );
    return () => clearTimeout(timer);
  }, [wanted]);
}
