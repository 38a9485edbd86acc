/** Client navigation for plain links and forms, which cost less to render than router components. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate, useSubmit } from "react-router";
import { addRejection, OFFLINE_EDIT } from "../data/pending.ts";
import { loadPageCode } from "../react-router/page-code.ts";
import { isReachable } from "../react-router/use-revalidate.ts";

/** Paths that are not pages of the client router. */
const DOCUMENTS = /^\/(api\/|about$|callback$|admin\/audit\.csv$)/;

/** Returns the path for a client navigation, or null if the browser must handle the click. */
export function clientPath(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return null;
  // While offline, the browser would replace the app with its own error page.
  if (DOCUMENTS.test(link.pathname) && navigator.onLine) return null;
  const samePage = link.pathname === location.pathname && link.search === location.search;
  return samePage && link.hash ? null : link.pathname + link.search + link.hash;
}

/** Lifetime of prefetched data, as in the worker's `Cache-Control`. */
const PREFETCH_LIFETIME_MS = 5_000;
const prefetchedAt = new Map<string, number>();

/** Prefetches a page's data when the user hovers or focuses a link with `data-prefetch`. */
function prefetch({ target }: Event): void {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[data-prefetch]") : null;
  if (!link) return;
  const age = performance.now() - (prefetchedAt.get(link.href) ?? Number.NEGATIVE_INFINITY);
  if (age < PREFETCH_LIFETIME_MS) return;
  prefetchedAt.set(link.href, performance.now());
  const hint = document.createElement("link");
  hint.rel = "prefetch";
  hint.as = "fetch";
  hint.href = `${link.pathname}.data${link.search}`;
  document.head.appendChild(hint);
  setTimeout(() => hint.remove(), PREFETCH_LIFETIME_MS);
}

export type ClientNavigation = {
  /** Path of a page whose code could not be loaded; null otherwise. */
  unreached: string | null;
  /** Navigates to a page of the app. */
  go(path: string): void;
};

/** Handles links to the app's pages and forms with `data-client` without reloading the document. */
export function useClientNavigation(): ClientNavigation {
  const navigate = useNavigate();
  const submit = useSubmit();
  const { key } = useLocation();
  const [missed, setMissed] = useState<{ path: string; at: string } | null>(null);
  const latest = useRef({ key, path: "" });
  latest.current.key = key;

  const go = useCallback(
    async (path: string) => {
      latest.current.path = path;
      // A page that is shown as unreachable tries again by itself: from now on with this path.
      setMissed((before) => before && { ...before, path });
      const { pathname, hash } = new URL(path, location.href);
      const isLoaded =
        !DOCUMENTS.test(pathname) &&
        (await loadPageCode(pathname).then(
          () => true,
          () => false,
        ));
      // If the server is reachable, a deploy has replaced the code: reload the document.
      const isGone = !isLoaded && (await isReachable());
      if (latest.current.path !== path) return;
      if (isGone) return location.assign(path);
      if (!isLoaded) return setMissed({ path, at: latest.current.key });
      // Keep the scroll position for another range, metric or page of a list.
      void navigate(path, { preventScrollReset: pathname === location.pathname && !hash });
    },
    [navigate],
  );

  useEffect(() => {
    const follow = (event: MouseEvent) => {
      const path = clientPath(event);
      if (path === null) return;
      event.preventDefault();
      void go(path);
    };
    let sending = false;
    const send = async (event: SubmitEvent) => {
      const form = event.target;
      if (event.defaultPrevented) return;
      if (!(form instanceof HTMLFormElement)) return;
      if (form.method === "post" && !navigator.onLine) {
        event.preventDefault();
        return addRejection(OFFLINE_EDIT);
      }
      if (!("client" in form.dataset)) return;
      event.preventDefault();
      // Ignore double clicks.
      if (sending) return;
      sending = true;
      // Buttons of one form may have different actions.
      const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
      try {
        const action = button?.formAction || form.action;
        await loadPageCode(new URL(action).pathname).catch(() => {
          form.action = action;
          form.submit();
          throw new Error("The form was sent with a document.");
        });
        await submit(button ?? form);
      } catch {
        // The browser is submitting the form.
      } finally {
        sending = false;
      }
    };
    document.addEventListener("click", follow);
    document.addEventListener("submit", send);
    document.addEventListener("pointerover", prefetch);
    document.addEventListener("focusin", prefetch);
    return () => {
      document.removeEventListener("click", follow);
      document.removeEventListener("submit", send);
      document.removeEventListener("pointerover", prefetch);
      document.removeEventListener("focusin", prefetch);
    };
  }, [go, submit]);

  return { unreached: missed?.at === key ? missed.path : null, go };
}
