/**
 * Preloads the code of the other pages while the page is idle. A click then waits only for data, and a tab
 * that is offline or older than a deploy can still open every page. See
 * docs/decisions/012-page-code-before-the-navigation.md.
 */
import { useEffect } from "react";

declare global {
  interface Navigator {
    /** Not in every browser. */
    readonly connection?: { readonly saveData?: boolean };
  }
}

/** Delay after which the current page has finished loading. */
const IDLE_MS = 1_500;

/**
 * Preloads the code of the other pages, unless the browser saves data.
 *
 * @param wanted - False for guests, who use few pages.
 */
export function usePagesAhead(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || navigator.connection?.saveData) return;
    const timer = setTimeout(
      () =>
        import("./load-ahead.ts").then(
          ({ loadAhead }) => loadAhead(),
          () => {
            // Offline: the next click shows an error.
          },
        ),
      IDLE_MS,
    );
    return () => clearTimeout(timer);
  }, [wanted]);
}
