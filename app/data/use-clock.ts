/** Hook for the server's clock. */
import { useEffect, useSyncExternalStore } from "react";
import { noteServerTime, onNewTime, shownTime } from "./clock.ts";

/**
 * Returns the server's time and updates it while the page is open.
 *
 * @param start - The server's time when it rendered the page, Unix ms; the first render uses it on both
 *   sides.
 * @returns The server's time, Unix ms, to ten seconds.
 */
export function useClock(start: number): number {
  const now = useSyncExternalStore(onNewTime, shownTime, () => start);
  useEffect(() => {
    if (start > 0) noteServerTime(start);
  }, [start]);
  return Math.max(now, start);
}
