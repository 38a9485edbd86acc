/** Plain links and forms, one handler: cheaper on the server than a component for each, and the same for people. */
import { useEffect } from "react";
import { useNavigate, useSubmit } from "react-router";
import { isCodeMissing } from "./pages-ahead.ts";

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

/** The worker lets a browser keep data that it asked for ahead for this long. */
const KEPT_MS = 5_000;
const asked = new Map<string, number>();

/** Asks for a page's data as soon as somebody seems to go there: what `data-prefetch` marks is worth it. */
function prefetch({ target }: Event): void {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[data-prefetch]") : null;
  if (!link || performance.now() - (asked.get(link.href) ?? Number.NEGATIVE_INFINITY) < KEPT_MS) return;
  asked.set(link.href, performance.now());
  const hint = document.createElement("link");
  hint.rel = "prefetch";
  hint.as = "fetch";
  hint.href = `${link.pathname}.data${link.search}`;
  document.head.appendChild(hint);
  setTimeout(() => hint.remove(), KEPT_MS);
}

/** Follows links to our own pages, and sends the forms marked `data-client`, without loading the document again. */
export function useClientNavigation(): void {
  const navigate = useNavigate();
  const submit = useSubmit();
  useEffect(() => {
    const follow = (event: MouseEvent) => {
      const path = isCodeMissing() ? null : clientPath(event);
      if (path === null) return;
      event.preventDefault();
      const { pathname, hash } = new URL(path, location.href);
      // Another range, metric or page of a list: one stays where one is looking.
      void navigate(path, { preventScrollReset: pathname === location.pathname && !hash });
    };
    let sending = false;
    const send = (event: SubmitEvent) => {
      const form = event.target;
      if (event.defaultPrevented || isCodeMissing()) return;
      if (!(form instanceof HTMLFormElement) || !("client" in form.dataset)) return;
      event.preventDefault();
      // Pressed twice, it is meant once.
      if (sending) return;
      sending = true;
      // The button says where to, where several share a form.
      void submit(event.submitter instanceof HTMLButtonElement ? event.submitter : form).finally(() => {
        sending = false;
      });
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
  }, [navigate, submit]);
}
