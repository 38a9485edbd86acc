/** Totals: the sums of all counters and histograms of a project, from few reads for all of them. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { type Bucket, finite, sumFrom } from "./buckets.ts";
import { AHEAD_MS, chartOf, firstBucket } from "./charts.ts";
import { bucketsOfRow, DAYS, HOURS, type Level } from "./chunks.ts";
import { seriesKey } from "./folding.ts";
import { DAY_MS, HOUR_MS, startOf } from "./intervals.ts";
import type { Range } from "./ranges.ts";
import { hasToday, openBuckets } from "./timeSeries.ts";

export const totalShape = v.object({
  agent: v.string(),
  name: v.string(),
  today: v.object({ since: v.number(), sum: v.number() }),
  last7d: v.number(),
  last30d: v.number(),
});

export type Total = Infer<typeof totalShape>;

/** More than count, because those of retired agents stay for 30 days. */
const MOST_SERIES = 3_000;

/**
 * Returns the sums of a project's counters and histograms, by agent and name.
 *
 * @param until - The end of the ranges, Unix ms.
 * @param timeZone - The time zone of `today`; null for UTC.
 */
export async function totalsOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  until: number,
  timeZone: string | null,
): Promise<Total[]> {
  const all = await ctx.db
    .query("timeSeries")
    .withIndex("by_name", (q) => q.eq("projectId", projectId))
    .take(MOST_SERIES);
  const from7d = firstBucket("7d", until);
  const from30d = firstBucket("30d", until);
  const days = await chunksFrom(ctx, projectId, DAYS, startOf(from30d, DAYS.span), until);
  const edges = new Map<number, Map<string, Bucket[]>>();
  for (const day of [startOf(from7d, DAY_MS), startOf(from30d, DAY_MS)]) {
    edges.set(day, await chunksFrom(ctx, projectId, HOURS, day, day));
  }
  const sumOf = async (series: Doc<"timeSeries">, range: Range, from: number) => {
    // The ranges end in the past, so the running sums of the open day do not apply.
    if (series.at > until + AHEAD_MS) return sumFrom((await chartOf(ctx, series, range, until)) ?? [], 0);
    const key = seriesKey(series.agent, series.name);
    const edge = startOf(from, DAY_MS);
    const openDay = startOf(series.hour, DAY_MS);
    const hours = (edges.get(edge)?.get(key) ?? []).filter(({ at }) => at < series.hour);
    const wholeDays = (days.get(key) ?? []).filter(({ at }) => at > edge && at < openDay);
    // The day at the edge is counted by hours; the open hours are not among them.
    const rest = openDay > edge ? series.daySum : sumFrom(openBuckets(series), startOf(from, HOUR_MS));
    return finite(sumFrom(hours, from) + sumFrom(wholeDays, 0) + rest);
  };
  return await Promise.all(
    all.filter(hasToday).map(async (series) => ({
      agent: series.agent,
      name: series.name,
      today: todayOf(series, timeZone),
      last7d: await sumOf(series, "7d", from7d),
      last30d: await sumOf(series, "30d", from30d),
    })),
  );
}

/** Returns the sum since midnight in a time zone; in UTC if the project does not keep it. */
export function todayOf({ today }: Doc<"timeSeries">, timeZone: string | null) {
  const own = today.find(({ zone }) => zone === timeZone) ?? today.find(({ zone }) => zone === "UTC");
  return { since: own?.since ?? 0, sum: own?.sum ?? 0 };
}

/** Returns the buckets of all time series in chunks that begin in a span of time, by time series. */
async function chunksFrom(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  { width }: Level,
  from: number,
  last: number,
): Promise<Map<string, Bucket[]>> {
  const rows = await ctx.db
    .query("stats")
    .withIndex("by_project", (q) =>
      q.eq("projectId", projectId).eq("width", width).gte("at", from).lte("at", last),
    )
    .collect();
  const buckets = new Map<string, Bucket[]>();
  for (const row of rows) {
    const key = seriesKey(row.agent, row.name);
    buckets.set(key, [...(buckets.get(key) ?? []), ...bucketsOfRow(row)]);
  }
  return buckets;
}
