/** Reads the buckets of a histogram's data point. */
import type { Distribution } from "../../../convex/model/distribution.ts";
import type { DataPoint, Metric, Run } from "./data.ts";

/** Scales of exponential histograms beyond these have bounds that are no numbers. */
const MOST_SCALE = 64;

/** Returns the buckets; null if there are none. */
export function distributionOf(point: DataPoint, type: Metric["type"]): Distribution | "invalid" | null {
  return type === "exponentialHistogram" ? exponentialOf(point) : explicitOf(point);
}

function explicitOf({ bounds = [], counts = [] }: DataPoint): Distribution | "invalid" | null {
  if (counts.length === 0 && bounds.length === 0) return null;
  const isValid =
    counts.length === bounds.length + 1 &&
    counts.every(isCount) &&
    bounds.every((bound, index) => Number.isFinite(bound) && bound > (bounds[index - 1] ?? -Infinity));
  return isValid ? { bounds, counts } : "invalid";
}

const NO_RUN: Run = { offset: 0, counts: [] };

function exponentialOf(point: DataPoint): Distribution | "invalid" {
  const { scale = 0, zeroCount: zero = 0, zeroThreshold: zeroWidth = 0 } = point;
  const { positive = NO_RUN, negative = NO_RUN } = point;
  const isValid =
    Number.isInteger(scale) &&
    Math.abs(scale) <= MOST_SCALE &&
    isCount(zero) &&
    zeroWidth >= 0 &&
    Number.isFinite(zeroWidth) &&
    [positive, negative].every(({ offset, counts }) => Number.isSafeInteger(offset) && counts.every(isCount));
  return isValid ? { scale, zero, zeroWidth, positive, negative } : "invalid";
}

/** Returns whether a number is a count. One of a protobuf body that is over 2^53 is not exact. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
