/** Notices in one tab what happened to the session in another: signed out, signed in as somebody else, expired. */
import { useCallback, useEffect, useRef } from "react";
import { useRevalidateWhenIdle } from "../live/use-revalidate.ts";

const CHANNEL = "mosaic-session";

/** Sends the session's id to the other tabs. @returns The channel, or null if the browser blocks it, as Firefox does together with cookies. */
function openChannel(sessionId: string | null): BroadcastChannel | null {
  try {
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage(sessionId);
    return channel;
  } catch {
    return null;
  }
}

/** Asks the worker who is signed in. @returns The session's id, null for nobody, undefined where nobody answered. */
async function askSession(): Promise<string | null | undefined> {
  try {
    const response = await fetch("/api/auth/session", { cache: "no-store" });
    if (!response.ok) return undefined;
    const { sessionId }: { sessionId?: string } = await response.json();
    return sessionId ?? null;
  } catch {
    return undefined;
  }
}

/**
 * Tells this browser's other tabs which session this one shows, and looks again when they tell of another, when the
 * tab comes to the foreground, and when the browser is back online.
 *
 * @param sessionId The session this page was rendered with; null for a guest.
 */
export function useSessionWatch(sessionId: string | null): void {
  const revalidate = useRevalidateWhenIdle();
  const shown = useRef(sessionId);
  shown.current = sessionId;

  const check = useCallback(async () => {
    const answer = await askSession();
    // No answer is no news. A page that is right already is left alone.
    if (answer !== undefined && answer !== shown.current) {
      await revalidate(() => answer !== shown.current);
    }
    return answer !== undefined;
  }, [revalidate]);

  /** Nothing of a person is seen again before it is clear that they are still here. */
  const checkUnseen = useCallback(async () => {
    document.body.hidden = shown.current !== null;
    const known = await check().catch(() => false);
    // Nobody says that they are: the browser may say what is wrong with the line, but not show what it kept.
    if (!known && shown.current !== null) location.reload();
    else document.body.hidden = false;
  }, [check]);

  // What the page was made of stands in its scripts, and would still when the session has ended.
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
    // A page out of the back-forward cache may be of a session that has ended since.
    addEventListener("pageshow", (event) => event.persisted && void checkUnseen(), { signal });
    return () => {
      stop.abort();
      channel?.close();
    };
  }, [sessionId, check, checkUnseen]);
}
