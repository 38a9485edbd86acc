/** Plain links, one click handler: cheaper on the server than a component for each, and the same for people. */
import { useEffect } from "react";
import { useNavigate } from "react-router";

/** These are answered by something else than a page of the client's router. */
const DOCUMENTS = /^\/(api\/|about$|callback$|admin\/audit\.csv$)/;

/** @returns The path to navigate to within the page, or null where the browser should follow the link itself. */
export function clientPath(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return null;
  if (DOCUMENTS.test(link.pathname)) return null;
  const samePage = link.pathname === location.pathname && link.search === location.search;
  return samePage && link.hash ? null : link.pathname + link.search + link.hash;
}

/** Follows links to our own pages without loading the document again. */
export function useLinkClicks(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const follow = (event: MouseEvent) => {
      const path = clientPath(event);
      if (path === null) return;
      event.preventDefault();
      void navigate(path);
    };
    document.addEventListener("click", follow);
    return () => document.removeEventListener("click", follow);
  }, [navigate]);
}
