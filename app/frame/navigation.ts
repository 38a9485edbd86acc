/** Client navigation: loads the code of a page before the router leaves the current one. */
import { useCallback, useEffect, useRef, useState } from "react";
import { createPath, type Location, useBlocker, useLocation, useNavigate } from "react-router";
import { addRejection, OFFLINE_EDIT } from "../data/pending.ts";
import { isPageLoaded, loadPageCode } from "../react-router/page-code.ts";
import { isReachable } from "../react-router/use-revalidate.ts";

/** The state of a navigation that must not wait for the page's code, or must not be rendered by the router. */
type NavigationState = { isSubmission?: true; isDocument?: true } | null;

export type ClientNavigation = {
  /** Whether the page is not shown because its code could not be loaded. */
  isUnreached: boolean;
  /** Tries again to open the page. */
  retry(): void;
};

/**
 * Loads the code of the next page before the navigation to it. React Router would reload the page being left
 * if the code does not arrive, which loses pending edits.
 */
export function useClientNavigation(): ClientNavigation {
  const navigate = useNavigate();
  const { key } = useLocation();
  const [missedAt, setMissedAt] = useState<string | null>(null);
  const latest = useRef<{ key: string; wanted: Location | null; isReplaced: boolean }>(null);
  latest.current ??= { key, wanted: null, isReplaced: false };
  const now = latest.current;
  now.key = key;

  const open = useCallback(
    async (next: Location) => {
      const isDocument = (next.state as NavigationState)?.isDocument === true;
      const isLoaded =
        !isDocument &&
        (await loadPageCode(next.pathname).then(
          () => true,
          () => false,
        ));
      // If the server is reachable, a deploy has replaced the code: open the page as a document.
      const isGone = !isLoaded && (await isReachable());
      if (now.wanted !== next) return;
      // The blocker's `proceed` does nothing if another navigation has completed in the meantime.
      if (isLoaded) void navigate(next, { state: next.state, replace: now.isReplaced });
      else if (isGone) location.assign(createPath(next));
      else setMissedAt(now.key);
    },
    [navigate, now],
  );
  useBlocker(
    useCallback(
      ({ currentLocation, nextLocation, historyAction }) => {
        if ((nextLocation.state as NavigationState)?.isSubmission) return false;
        const isWaiting = mustWait(currentLocation, nextLocation, historyAction);
        now.wanted = isWaiting ? nextLocation : null;
        now.isReplaced = historyAction === "REPLACE";
        if (isWaiting) void open(nextLocation);
        return isWaiting;
      },
      [open, now],
    ),
  );

  return {
    isUnreached: missedAt === key,
    retry: useCallback(() => void (now.wanted && open(now.wanted)), [open, now]),
  };
}

function mustWait(current: Location, next: Location, action: string): boolean {
  if (action === "POP") return false;
  const isDocument = (next.state as NavigationState)?.isDocument === true;
  return isDocument || (current.pathname !== next.pathname && !isPageLoaded(next.pathname));
}

/** Rejects a plain form while offline, when the browser would replace the app with its own error page. */
export function useOfflineForms(): void {
  useEffect(() => {
    const reject = (event: SubmitEvent) => {
      const form = event.target;
      if (event.defaultPrevented || navigator.onLine || !(form instanceof HTMLFormElement)) return;
      if (form.method !== "post") return;
      event.preventDefault();
      addRejection(OFFLINE_EDIT);
    };
    document.addEventListener("submit", reject);
    return () => document.removeEventListener("submit", reject);
  }, []);
}
