/** Display settings of the page: locale, time zone and current time. */
import { useEffect, useSyncExternalStore } from "react";
import { noteServerTime, onNewTime, shownTime } from "./clock.ts";
import { shownLocale, shownTimeZone } from "./formats.ts";
import { useLive } from "./live-context.ts";
import { useShell } from "./use-shell.ts";

/** `now` is Unix ms by the server's clock and advances while the page is open. */
export type DisplaySettings = { locale: string; timeZone: string; now: number };

/**
 * Returns the user's stored time zone (UTC if missing or unknown), the request's locale and the page's clock.
 */
export function useDisplaySettings(): DisplaySettings {
  const shell = useShell();
  const { viewer } = useLive();
  const now = useClock(shell?.now ?? 0);
  return {
    locale: shownLocale(shell?.locale ?? "en"),
    timeZone: shownTimeZone(viewer?.preferences.timeZone ?? shell?.timeZone ?? "UTC"),
    now,
  };
}

/**
 * Returns the server's time and updates it while the page is open.
 *
 * @param start - The server's time when it rendered the page, Unix ms; the first render uses it on both
 *   sides.
 * @returns The server's time, Unix ms, to ten seconds.
 */
function useClock(start: number): number {
  const now = useSyncExternalStore(onNewTime, shownTime, () => start);
  useEffect(() => {
    if (start > 0) noteServerTime(start);
  }, [start]);
  return Math.max(now, start);
}
