/** Detects that another tab signed out, signed in as another user, or that the session expired. */

import { useCallback, useEffect, useRef } from "react";
import { href } from "react-router";
import { useRevalidateWhenIdle } from "../react-router/use-revalidate.ts";

const CHANNEL = "mosaic-session";

/**
 * Sends the session id to the other tabs.
 *
 * @returns The channel, or null if the browser blocks it. Firefox does when it blocks cookies.
 */
function openChannel(sessionId: string | null): BroadcastChannel | null {
  try {
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage(sessionId);
    return channel;
  } catch {
    return null;
  }
}

/** Returns the current session id, null for a guest, or undefined if the worker is unreachable. */
async function askSession(): Promise<string | null | undefined> {
  try {
    const response = await fetch(href("/api/auth/session"), { cache: "no-store" });
    if (!response.ok) return undefined;
    const { sessionId }: { sessionId?: string } = await response.json();
    return sessionId ?? null;
  } catch {
    return undefined;
  }
}

/**
 * Reloads the page's data if the session has changed. Checks when another tab announces a different session,
 * when the tab becomes visible, and when the browser is online again.
 *
 * @param sessionId - The session this page was rendered with; null for a guest.
 */
export function useSessionWatch(sessionId: string | null): void {
  const revalidate = useRevalidateWhenIdle();
  const shown = useRef(sessionId);
  shown.current = sessionId;

  const check = useCallback(async () => {
    const answer = await askSession();
    // Ignore failed checks, and do not revalidate a page that is already current.
    if (answer !== undefined && answer !== shown.current) {
      await revalidate(() => answer !== shown.current);
    }
    return answer !== undefined;
  }, [revalidate]);

  /** Hides a restored page until it is clear that the user is still signed in. */
  const checkUnseen = useCallback(async () => {
    document.body.hidden = shown.current !== null;
    // If the worker is unreachable, show the browser's network error instead of an unverified session.
    const known = await check().catch(() => false);
    if (!known && shown.current !== null) location.reload();
    else document.body.hidden = false;
  }, [check]);

  // Remove the previous user's data, which the document's inline scripts still contain.
  const first = useRef(sessionId);
  useEffect(() => {
    if (sessionId === first.current) return;
    for (const script of document.scripts) script.textContent = "";
  }, [sessionId]);

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const channel = openChannel(sessionId);
    channel?.addEventListener("message", ({ data }) => data !== shown.current && void check(), { signal });
    addEventListener("online", () => void check(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || void check(), { signal });
    // The session of a page from the back-forward cache may have ended.
    addEventListener("pageshow", (event) => event.persisted && void checkUnseen(), { signal });
    return () => {
      stop.abort();
      channel?.close();
    };
  }, [sessionId, check, checkUnseen]);
}
