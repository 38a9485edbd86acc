/** Charts: the buckets of one time series in a range of time. */
import { type Infer, v } from "convex/values";
import { literals } from "convex-helpers/validators";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { type Bucket, regroup } from "./buckets.ts";
import { bucketsOfRow, DAYS, HOURS, type Level, MINUTES } from "./chunks.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "./intervals.ts";
import { RANGE_NAMES, RANGES, type Range } from "./ranges.ts";
import { rejection } from "./rejection.ts";
import { rowsBetween, type SeriesKey } from "./rollups.ts";
import { findSeries, openBuckets } from "./timeSeries.ts";

export const rangeShape = literals(...RANGE_NAMES);

const MOST_BUCKETS = 200;

/** The clock of an agent may be this far ahead, in ms. */
export const AHEAD_MS = 5 * MINUTE_MS;

/** A bucket of a chart; `at` is its start in Unix ms. */
export const bucketShape = v.object({
  at: v.number(),
  count: v.number(),
  sum: v.number(),
  min: v.number(),
  max: v.number(),
});

export type ChartBucket = Infer<typeof bucketShape>;

/**
 * Returns the end of a chart.
 *
 * @param until - Unix ms; the current time if absent.
 * @throws `invalid` if it is not the start of a minute.
 */
export function requireUntil(until: number | undefined): number {
  if (until === undefined) return Date.now();
  if (!Number.isSafeInteger(until) || until < 0 || until % MINUTE_MS !== 0) {
    throw rejection("invalid", "until must be a multiple of 60000.");
  }
  return until;
}

/** Returns the start of the first bucket of a range, in Unix ms. */
export function firstBucket(range: Range, until: number): number {
  const { span, width } = RANGES[range];
  return startOf(until - span, width);
}

/**
 * Returns the buckets of one time series that have data, ascending.
 *
 * @param until - The end of the range, Unix ms.
 * @returns The buckets; null if there is no such time series.
 */
export async function chartOf(
  ctx: QueryCtx,
  key: SeriesKey,
  range: Range,
  until: number,
): Promise<ChartBucket[] | null> {
  const { width } = RANGES[range];
  const from = firstBucket(range, until);
  const series = await findSeries(ctx, key.projectId, key.agent, key.name);
  const stored = await storedBuckets(ctx, key, levelOf(width), from, series);
  if (series === null && stored.length === 0 && !(await hasStats(ctx, key))) return null;
  const open = series === null ? [] : openBuckets(series);
  return regroup([...stored, ...open], width)
    .filter(({ at }) => at >= from && at <= until + AHEAD_MS)
    .slice(-MOST_BUCKETS);
}

/** Returns the stored buckets of closed hours and days, in the widest stored width that fits. */
async function storedBuckets(
  ctx: QueryCtx,
  key: SeriesKey,
  level: Level,
  from: number,
  series: Doc<"timeSeries"> | null,
): Promise<Bucket[]> {
  const buckets = await bucketsFrom(ctx, key, level, from);
  if (level !== DAYS || series === null) return buckets;
  // The open day is in hours.
  const day = startOf(series.hour, DAY_MS);
  return [...buckets.filter(({ at }) => at < day), ...(await bucketsFrom(ctx, key, HOURS, day))];
}

async function bucketsFrom(ctx: QueryCtx, key: SeriesKey, { width, span }: Level, from: number) {
  const rows = await rowsBetween(ctx, key, width, startOf(from, span), Number.POSITIVE_INFINITY);
  return rows.flatMap(bucketsOfRow);
}

function levelOf(width: number): Level {
  if (width < HOUR_MS) return MINUTES;
  return width < DAY_MS ? HOURS : DAYS;
}

async function hasStats(ctx: QueryCtx, { projectId, agent, name }: SeriesKey): Promise<boolean> {
  const row = await ctx.db
    .query("stats")
    .withIndex("by_series", (q) => q.eq("projectId", projectId).eq("agent", agent).eq("name", name))
    .first();
  return row !== null;
}
