/** Error page for 403, 404, 503 and unexpected failures. */
import { useCallback, useEffect } from "react";
import { href, isRouteErrorResponse } from "react-router";
import { useLive } from "../data/live-context.ts";
import { isUnreachable } from "../data/unreachable.ts";
import { useRevalidate } from "../react-router/use-revalidate.ts";
import { ErrorPage } from "../ui/error-page.tsx";
import { useDocument } from "./document.ts";

/** Retry interval, because browsers do not always fire `online` when the network is back. */
const RETRY_MS = 5_000;

/**
 * Calls `again` regularly, and when the browser is online again, while the network is down.
 *
 * @param again - Must be stable between renders.
 */
export function useNetworkAgain(isAway: boolean, again: () => void): void {
  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(again, RETRY_MS);
    addEventListener("online", again);
    return () => {
      clearInterval(timer);
      removeEventListener("online", again);
    };
  }, [isAway, again]);
}

const WORDS: Readonly<Record<number, { title: string; message: string }>> = {
  403: {
    title: "Not allowed",
    message: "Your role does not allow this page. An admin can change your role.",
  },
  404: {
    title: "Not found",
    message: "There is nothing at this address, or it is not yours to see.",
  },
  503: {
    title: "Live data is unavailable",
    message: "Whether you may see this page cannot be known just now. It shows by itself as soon as it can.",
  },
};

export const OFFLINE = {
  title: "This page could not be reached",
  message: "You seem to be offline. It shows by itself as soon as it can be reached.",
};

const UNEXPECTED = {
  title: "Something went wrong",
  message: "That is our fault, not yours, and nothing of yours was lost. Please try again.",
};

/** Returns the title of the error page. */
export function routeErrorTitle(error: unknown): string {
  return wordsFor(error).title;
}

function wordsFor(error: unknown) {
  if (isUnreachable(error)) return OFFLINE;
  return WORDS[statusOf(error)] ?? UNEXPECTED;
}

function statusOf(error: unknown): number {
  return isRouteErrorResponse(error) ? error.status : 500;
}

/**
 * Renders the error page.
 *
 * @param error - What the loader, the action or the page threw.
 */
export function RouteErrorPage({ error }: { error: unknown }) {
  const { requestId } = useDocument();
  useRevalidateWhenLive(statusOf(error) === 503);
  const revalidate = useRevalidate();
  useNetworkAgain(
    isUnreachable(error),
    useCallback(() => void revalidate(), [revalidate]),
  );
  return (
    <ErrorPage
      {...wordsFor(error)}
      action={{ to: href("/"), label: "Go to the start page" }}
      requestId={requestId}
    />
  );
}

/** Revalidates when Convex is available again. Has no effect on a page without a live connection. */
function useRevalidateWhenLive(missing: boolean): void {
  const { state } = useLive();
  const revalidate = useRevalidate();
  const again = missing && state === "live";
  useEffect(() => {
    if (again) void revalidate();
  }, [again, revalidate]);
}
