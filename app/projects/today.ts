/** Sums since midnight, which are 0 again once the page's clock has passed the next one. */

import { dayOf } from "../../convex/model/days.ts";
import { DAY_MS, HOUR_MS, startOf } from "../../convex/model/intervals.ts";

/** No local day is shorter than this. */
const SHORTEST_DAY_MS = 20 * HOUR_MS;

/** Cache of one midnight, because all tiles of a page have the same. */
let last = { since: 0, timeZone: "", next: 0 };

function nextMidnight(since: number, timeZone: string): number {
  if (last.since !== since || last.timeZone !== timeZone) {
    const day = dayOf(timeZone, since);
    // A project that does not keep the user's time zone sums the UTC day.
    const next = day.since === since ? day.next : startOf(since, DAY_MS) + DAY_MS;
    last = { since, timeZone, next };
  }
  return last.next;
}

/**
 * Returns the sum of today.
 *
 * @param today - The sum, and the midnight since which it counts, Unix ms.
 * @param display - The page's clock, Unix ms, and the user's time zone.
 */
export function sumOfToday(
  { since, sum }: { since: number; sum: number },
  { now, timeZone }: { now: number; timeZone: string },
): number {
  return now >= since + SHORTEST_DAY_MS && now >= nextMidnight(since, timeZone) ? 0 : sum;
}
