/**
 * Client navigation and prefetch for the plain anchors of a list, with one handler for all of them. A router
 * component for each link would be a large part of a page's cost; see docs/decisions/011-plain-anchors.md.
 */
import type { FocusEvent, MouseEvent, PointerEvent } from "react";
import { useNavigate } from "react-router";

const linkOf = ({ target }: { target: EventTarget }) =>
  target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;

/** Returns whether the browser itself must follow a click, for example into a new tab. */
function isForBrowser(event: MouseEvent): boolean {
  const isModified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.defaultPrevented || event.button !== 0 || isModified;
}

/** Lifetime of prefetched data, as in the worker's `Cache-Control`. */
const PREFETCH_LIFETIME_MS = 5_000;
const prefetchedAt = new Map<string, number>();

/** Links whose data is prefetched: of the headings in a list. The tiles below them are too many. */
const PREFETCHED = ":is(h2, h3) > a";

/** Prefetches a page's data when the user hovers or focuses a link to it. */
function prefetch(event: FocusEvent | PointerEvent): void {
  const link = linkOf(event);
  if (!link?.matches(PREFETCHED)) return;
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

/** Returns the handlers for the element around the anchors. */
export function usePlainAnchors() {
  const navigate = useNavigate();
  return {
    onClick(event: MouseEvent) {
      const link = linkOf(event);
      if (link === null || isForBrowser(event)) return;
      event.preventDefault();
      // Keep the scroll position for another query of the same page.
      const preventScrollReset = link.pathname === location.pathname && link.search !== location.search;
      // As React Router's links do: the same URL is not a new entry of the history.
      const replace = link.href === location.href;
      void navigate(link.pathname + link.search + link.hash, { preventScrollReset, replace });
    },
    onPointerOver: prefetch,
    onFocus: prefetch,
  };
}
