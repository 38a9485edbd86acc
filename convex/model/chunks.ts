/**
 * Chunks: many buckets of one time series in one document, as sparse parallel arrays. A chart reads few
 * documents, and a point changes one.
 */
import { type Infer, v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { Bucket } from "./buckets.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./intervals.ts";

/** Widths of stored buckets, with the time that one document spans. In ms. */
export const MINUTES = { width: MINUTE_MS, span: HOUR_MS };
export const HOURS = { width: HOUR_MS, span: DAY_MS };
export const DAYS = { width: DAY_MS, span: 28 * DAY_MS };

export type Level = { width: number; span: number };

/** `offsets` are positions of the buckets in the span. The other arrays are parallel to it. */
export const chunkFields = {
  offsets: v.array(v.number()),
  counts: v.array(v.number()),
  sums: v.array(v.number()),
  mins: v.array(v.number()),
  maxs: v.array(v.number()),
};

const chunk = v.object(chunkFields);

export type Chunk = Infer<typeof chunk>;

export const EMPTY: Chunk = { offsets: [], counts: [], sums: [], mins: [], maxs: [] };

/**
 * Returns the buckets of a chunk, ascending.
 *
 * @param at - Start of the chunk's span in Unix ms.
 * @param width - Width of a bucket in ms.
 */
export function bucketsIn({ offsets, counts, sums, mins, maxs }: Chunk, at: number, width: number): Bucket[] {
  return offsets.map((offset, i) => ({
    at: at + offset * width,
    count: counts[i] ?? 0,
    sum: sums[i] ?? 0,
    min: mins[i] ?? 0,
    max: maxs[i] ?? 0,
  }));
}

/** Returns the chunk of these buckets, which lie in the span from `at` and are ascending. */
export function chunkOf(buckets: readonly Bucket[], at: number, width: number): Chunk {
  return {
    offsets: buckets.map((bucket) => (bucket.at - at) / width),
    counts: buckets.map(({ count }) => count),
    sums: buckets.map(({ sum }) => sum),
    mins: buckets.map(({ min }) => min),
    maxs: buckets.map(({ max }) => max),
  };
}

/** Returns the buckets of a stored row. A row written before chunks existed is one bucket. */
export function bucketsOfRow(row: Doc<"stats">): Bucket[] {
  if (!("count" in row)) return bucketsIn(row, row.at, row.width);
  const { at, count, sum, min, max } = row;
  return [{ at, count, sum, min, max }];
}

/** Returns whether a row was written before chunks existed. The migration `moveRollups` removes such rows. */
export function isSingleBucket(row: Doc<"stats">): row is Extract<Doc<"stats">, { count: number }> {
  return "count" in row;
}
