/** Client navigation: loads the code of a page before the router leaves the current one. */
import { useCallback, useEffect, useState } from "react";
import { createPath, type Location, useBlocker, useLocation, useNavigate } from "react-router";
import { addRejection, OFFLINE_EDIT } from "../data/pending.ts";
import { isPageLoaded, loadPageCode } from "../react-router/page-code.ts";
import { isReachable } from "../react-router/use-revalidate.ts";

/** The state of a navigation that must not wait for the page's code, or must not be rendered by the router. */
type NavigationState = { isSubmission?: true; isDocument?: true } | null;

export type ClientNavigation = {
  /** The page whose code could not be loaded; null otherwise. */
  unreached: Location | null;
  /** Tries again to open that page. */
  retry(): void;
};

/**
 * Loads the code of the next page before the navigation to it. React Router would reload the page being left
 * if the code does not arrive, which loses pending edits.
 */
export function useClientNavigation(): ClientNavigation {
  const navigate = useNavigate();
  const { key } = useLocation();
  const [missed, setMissed] = useState<{ location: Location; at: string } | null>(null);
  const blocker = useBlocker(
    useCallback(({ currentLocation, nextLocation, historyAction }) => {
      const state: NavigationState = nextLocation.state;
      if (historyAction === "POP" || state?.isSubmission) return false;
      if (state?.isDocument) return true;
      return currentLocation.pathname !== nextLocation.pathname && !isPageLoaded(nextLocation.pathname);
    }, []),
  );

  useEffect(() => {
    if (blocker.state !== "blocked") return;
    const { location: next, proceed, reset } = blocker;
    let isLatest = true;
    // A page that is shown as unreachable tries again by itself: from now on with this one.
    setMissed((before) => before && { ...before, location: next });
    const load = async () => {
      const isDocument = (next.state as NavigationState)?.isDocument === true;
      const isLoaded =
        !isDocument &&
        (await loadPageCode(next.pathname).then(
          () => true,
          () => false,
        ));
      // If the server is reachable, a deploy has replaced the code: open the page as a document.
      const isGone = !isLoaded && (await isReachable());
      if (!isLatest) return;
      if (isLoaded) return proceed();
      reset();
      if (isGone) location.assign(createPath(next));
      else setMissed({ location: next, at: key });
    };
    void load();
    return () => {
      isLatest = false;
    };
  }, [blocker, key]);

  const unreached = missed?.at === key ? missed.location : null;
  const retry = useCallback(() => {
    if (unreached !== null) void navigate(unreached, { state: unreached.state });
  }, [navigate, unreached]);
  return { unreached, retry };
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
