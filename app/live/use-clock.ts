/** The page's clock: the server's time at first, so that both render the same, then going on from there. */
import { useEffect, useState } from "react";

const TICK_MS = 10_000;

/** @param start The server's time, Unix milliseconds. @returns The time now by the server's clock, to ten seconds. */
export function useClock(start: number): number {
  const [now, setNow] = useState(start);
  useEffect(() => {
    const mounted = performance.now();
    setNow(start);
    const timer = setInterval(() => setNow(start + performance.now() - mounted), TICK_MS);
    return () => clearInterval(timer);
  }, [start]);
  return now;
}
