/** Distributions: the buckets of a histogram, and what can be said of its values from them. */
import type { Summary } from "./buckets.ts";

/** Buckets between bounds; `counts` has one more entry than `bounds`. */
type Explicit = { bounds: number[]; counts: number[] };

/** Consecutive buckets of an exponential histogram. Bucket i is (base^i, base^(i+1)]. */
type Run = { offset: number; counts: number[] };

/** Buckets whose bounds are powers of 2^(2^-scale). `zero` counts the values within ± `zeroWidth`. */
type Exponential = { scale: number; zero: number; zeroWidth: number; positive: Run; negative: Run };

export type Distribution = Explicit | Exponential;

/** The maximum number of buckets in a row. SDKs have 16, or 160 of an exponential histogram. */
const MOST_BUCKETS = 320;

/** Returns a distribution of at most 320 buckets in a row: neighbors are merged until they fit. */
export function fitting(distribution: Distribution): Distribution {
  if ("bounds" in distribution) {
    const { bounds, counts } = distribution;
    const size = Math.ceil(counts.length / MOST_BUCKETS);
    if (size <= 1) return distribution;
    return {
      bounds: bounds.filter((_, index) => (index + 1) % size === 0),
      counts: merged(counts, (index) => Math.floor(index / size)),
    };
  }
  const length = Math.max(distribution.positive.counts.length, distribution.negative.counts.length);
  const steps = length <= MOST_BUCKETS ? 0 : Math.ceil(Math.log2(length / (MOST_BUCKETS - 1)));
  return coarser(distribution, steps);
}

/**
 * Returns the buckets of the values between two states of a growing histogram.
 *
 * @returns Null if the two cannot be compared: their bounds differ, or a bucket has become smaller.
 */
export function riseOf(now: Distribution, before: Distribution): Distribution | null {
  if ("bounds" in now) return "bounds" in before ? explicitRise(now, before) : null;
  return "bounds" in before ? null : exponentialRise(now, before);
}

/**
 * Returns the summary of values.
 *
 * @param count - The number of values, at least 1.
 * @param distribution - Their buckets, if known.
 * @param given - Their smallest and largest value, if known.
 */
export function summaryFrom(
  { count, sum }: { count: number; sum: number },
  distribution: Distribution | null,
  given: { min?: number | undefined; max?: number | undefined } = {},
): Summary {
  const mean = sum / count;
  const extent = (distribution && extentOf(distribution)) ?? { min: mean, max: mean };
  const { min = extent.min, max = extent.max } = given;
  return { count, sum, min: Math.min(min, mean), max: Math.max(max, mean) };
}

/**
 * Returns the lower bound of the lowest bucket with values and the upper bound of the highest. A bucket without
 * that bound counts with its other one.
 */
function extentOf(distribution: Distribution): { min: number; max: number } | null {
  const filled = "bounds" in distribution ? explicitBounds(distribution) : exponentialBounds(distribution);
  const [first] = filled;
  const last = filled.at(-1);
  if (first === undefined || last === undefined) return null;
  const min = finite(first[0], first[1]);
  const max = finite(last[1], last[0]);
  return min === null || max === null ? null : { min, max };
}

function finite(bound: number, other: number): number | null {
  if (Number.isFinite(bound)) return bound;
  return Number.isFinite(other) ? other : null;
}

type Bounds = [lower: number, upper: number];

/** Returns the bounds of the buckets with values, ascending. */
function explicitBounds({ bounds, counts }: Explicit): Bounds[] {
  return filledOf(counts).map((index) => [bounds[index - 1] ?? -Infinity, bounds[index] ?? Infinity]);
}

function exponentialBounds({ scale, zero, zeroWidth, positive, negative }: Exponential): Bounds[] {
  const bound = (index: number) => 2 ** (index * 2 ** -scale);
  const below = filledOf(negative.counts).map((index): Bounds => {
    const at = negative.offset + index;
    return [-bound(at + 1), -bound(at)];
  });
  const above = filledOf(positive.counts).map((index): Bounds => {
    const at = positive.offset + index;
    return [bound(at), bound(at + 1)];
  });
  return [...below.reverse(), ...(zero > 0 ? [[0 - zeroWidth, zeroWidth] as Bounds] : []), ...above];
}

/** Returns the first and the last index with a count. */
function filledOf(counts: readonly number[]): number[] {
  const first = counts.findIndex((count) => count > 0);
  return first === -1 ? [] : [first, counts.findLastIndex((count) => count > 0)];
}

function explicitRise(now: Explicit, before: Explicit): Explicit | null {
  const { bounds } = now;
  const isSame =
    bounds.length === before.bounds.length && bounds.every((bound, index) => bound === before.bounds[index]);
  if (!isSame) return null;
  const counts = now.counts.map((count, index) => count - (before.counts[index] ?? 0));
  return counts.some((count) => count < 0) ? null : { bounds, counts };
}

function exponentialRise(now: Exponential, before: Exponential): Exponential | null {
  if (now.zeroWidth !== before.zeroWidth || now.zero < before.zero) return null;
  const scale = Math.min(now.scale, before.scale);
  const [fine, coarse] = [coarser(now, now.scale - scale), coarser(before, before.scale - scale)];
  const positive = runRise(fine.positive, coarse.positive);
  const negative = runRise(fine.negative, coarse.negative);
  if (positive === null || negative === null) return null;
  return { ...fine, zero: now.zero - before.zero, positive, negative };
}

function runRise(now: Run, before: Run): Run | null {
  const counts = [...now.counts];
  for (const [index, count] of before.counts.entries()) {
    if (count === 0) continue;
    const at = before.offset + index - now.offset;
    const left = (counts[at] ?? 0) - count;
    if (left < 0) return null;
    counts[at] = left;
  }
  return { offset: now.offset, counts };
}

/** Returns the distribution at a lower scale: each step merges pairs of buckets. */
function coarser(distribution: Exponential, steps: number): Exponential {
  if (steps === 0) return distribution;
  const size = 2 ** steps;
  const merge = ({ offset, counts }: Run): Run => {
    const first = Math.floor(offset / size);
    return {
      offset: first,
      counts: merged(counts, (index) => Math.floor((offset + index) / size) - first),
    };
  };
  const { scale, positive, negative } = distribution;
  return { ...distribution, scale: scale - steps, positive: merge(positive), negative: merge(negative) };
}

function merged(counts: readonly number[], target: (index: number) => number): number[] {
  const result: number[] = [];
  for (const [index, count] of counts.entries()) {
    const at = target(index);
    result[at] = (result[at] ?? 0) + count;
  }
  return result;
}
