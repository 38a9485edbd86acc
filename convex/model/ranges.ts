/** Time ranges of a chart. The app uses them too. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./intervals.ts";

export const RANGE_NAMES = ["1h", "24h", "7d", "30d", "90d"] as const;

export type Range = (typeof RANGE_NAMES)[number];

/** Time span and bucket width of each range, both in ms. Buckets begin at multiples of their width in UTC. */
export const RANGES: Record<Range, { span: number; width: number }> = {
  "1h": { span: HOUR_MS, width: MINUTE_MS },
  "24h": { span: DAY_MS, width: 10 * MINUTE_MS },
  "7d": { span: 7 * DAY_MS, width: HOUR_MS },
  "30d": { span: 30 * DAY_MS, width: 4 * HOUR_MS },
  "90d": { span: 90 * DAY_MS, width: DAY_MS },
};
