/** Windows of threshold rules: their buckets, and when a window changes next. */
import { type Bucket, meanOf, mergeAll, regroup } from "../buckets.ts";
import { HOUR_MS, MINUTE_MS, startOf } from "../intervals.ts";
import type { ThresholdRule, WindowName } from "./rules.ts";

/** Bucket width and number of buckets of each window. */
export const WINDOWS: Record<WindowName, { width: number; buckets: number }> = {
  "5m": { width: MINUTE_MS, buckets: 5 },
  "15m": { width: MINUTE_MS, buckets: 15 },
  "1h": { width: 10 * MINUTE_MS, buckets: 6 },
  "24h": { width: HOUR_MS, buckets: 24 },
};

const LONGEST_CALM_MS = 15 * MINUTE_MS;

/** Returns how long a window must not breach its rule before the incident closes, in ms. */
export function calmOf(window: WindowName): number {
  const { width, buckets } = WINDOWS[window];
  return Math.min(LONGEST_CALM_MS, width * buckets);
}

/** Returns the start of a window that ends now, in Unix ms. */
export function windowStart(window: WindowName, now: number): number {
  const { width, buckets } = WINDOWS[window];
  return startOf(now, width) - (buckets - 1) * width;
}

/** The value of a window, and whether it breaches the rule. */
export type Measured = {
  breached: boolean;
  value: number;
  /** When the window last changed by itself, and when it changes next: Unix ms. */
  since: number;
  next: number;
};

/**
 * Measures the window of a rule that ends now.
 *
 * @param buckets - Buckets of the time series, of any width up to that of the window's.
 * @returns The measurement; null for a window without points.
 */
export function measure(rule: ThresholdRule, buckets: readonly Bucket[], now: number): Measured | null {
  const { width, buckets: count } = WINDOWS[rule.window];
  const from = windowStart(rule.window, now);
  const end = startOf(now, width) + width;
  const inside = regroup(buckets, width).filter(({ at }) => at >= from && at < end);
  const all = mergeAll(inside);
  const [oldest] = inside;
  if (all === null || oldest === undefined) return null;
  const value = rule.of === "mean" ? meanOf(all) : all[rule.of];
  // A point ahead of this clock enters the window when its bucket begins.
  const ahead = Math.min(...buckets.map(({ at }) => startOf(at, width)).filter((at) => at >= end));
  return {
    breached: rule.is === "above" ? value > rule.value : value < rule.value,
    value,
    since: startOf(now, width),
    next: Math.min(oldest.at + count * width, ahead),
  };
}
