/** Buckets: summaries of the points of a time series in intervals of equal width. */
import { startOf } from "./intervals.ts";

/** Number, sum and extremes of some points. */
export type Summary = { count: number; sum: number; min: number; max: number };

/** The summary of one interval; `at` is its start in Unix ms. */
export type Bucket = Summary & { at: number };

/** Returns the summary of all values of two summaries. */
export function merge(one: Summary, other: Summary): Summary {
  return {
    count: one.count + other.count,
    sum: finite(one.sum + other.sum),
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  };
}

/** Returns the summary of all buckets; null without buckets. */
export function mergeAll(buckets: Iterable<Summary>): Summary | null {
  let all: Summary | null = null;
  for (const { count, sum, min, max } of buckets) {
    all = all === null ? { count, sum, min, max } : merge(all, { count, sum, min, max });
  }
  return all;
}

/** Returns buckets of a larger width, ascending. Buckets with the same start are merged. */
export function regroup(buckets: Iterable<Bucket>, width: number): Bucket[] {
  const groups = new Map<number, Bucket>();
  for (const bucket of buckets) {
    const at = startOf(bucket.at, width);
    const known = groups.get(at);
    groups.set(at, known === undefined ? { ...bucket, at } : { at, ...merge(known, bucket) });
  }
  return [...groups.values()].sort((a, b) => a.at - b.at);
}

/** Returns the sum of the buckets that begin at or after a time. */
export function sumFrom(buckets: Iterable<Bucket>, from: number): number {
  let sum = 0;
  for (const bucket of buckets) if (bucket.at >= from) sum += bucket.sum;
  return finite(sum);
}

/** Returns the mean of a bucket, clamped to its extremes because very large sums lose precision. */
export function meanOf({ count, sum, min, max }: Summary): number {
  return Math.max(min, Math.min(max, sum / count));
}

/**
 * Clamps a sum to finite numbers: the sum of very large values may overflow, and a chart cannot draw
 * infinity.
 */
export function finite(sum: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum));
}
