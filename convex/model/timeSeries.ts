/**
 * Time series: one metric of one agent. Its document has the newest value and the minute buckets of the open
 * hours: the hour of the newest point and, for some minutes, the one before. All older hours are in `stats`.
 */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { type Bucket, meanOf } from "./buckets.ts";
import { bucketsIn, chunkFields } from "./chunks.ts";
import { DAY_MS, MINUTE_MS } from "./intervals.ts";
import { addsUp, type Kind, kindShape } from "./kinds.ts";

/** A sum since a local midnight; `since` is Unix ms. */
export const zoneSumShape = v.object({ zone: v.string(), since: v.number(), sum: v.number() });

export type ZoneSum = Infer<typeof zoneSumShape>;

/** Values of the last hours that have data: their starts in Unix ms, ascending, and their means or sums. */
export const sparklineShape = v.object({ hours: v.array(v.number()), values: v.array(v.number()) });

export type Sparkline = Infer<typeof sparklineShape>;

export const timeSeriesFields = {
  agent: v.string(),
  name: v.string(),
  kind: kindShape,
  /** Value and time of the newest point. */
  value: v.number(),
  at: v.number(),
  /** When the last point arrived. */
  arrivedAt: v.number(),
  /** Start of the oldest open hour. */
  hour: v.number(),
  /** The minute buckets since then. */
  open: v.object(chunkFields),
  /** Sum since the start of the UTC day that contains `hour`. */
  daySum: v.number(),
  /** Sums since midnight in the time zones of the project; empty for a gauge. */
  today: v.array(zoneSumShape),
  /** The last closed hours that have data. */
  line: sparklineShape,
};

const series = v.object({ projectId: v.id("projects"), ...timeSeriesFields });

export type TimeSeries = Infer<typeof series>;

/** A sparkline has at most this many hours, of the last seven days. */
const MOST_HOURS = 24;
const LONGEST_LINE_MS = 7 * DAY_MS;

export async function findSeries(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  agent: string,
  name: string,
): Promise<Doc<"timeSeries"> | null> {
  return await ctx.db
    .query("timeSeries")
    .withIndex("by_name", (q) => q.eq("projectId", projectId).eq("agent", agent).eq("name", name))
    .unique();
}

/** Returns the time series of an agent, by name. */
export async function seriesOfAgent(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  agent: string,
): Promise<Doc<"timeSeries">[]> {
  return await ctx.db
    .query("timeSeries")
    .withIndex("by_name", (q) => q.eq("projectId", projectId).eq("agent", agent))
    .collect();
}

/** Stores a new or changed time series. */
export async function saveSeries(
  ctx: MutationCtx,
  id: Id<"timeSeries"> | null,
  changed: TimeSeries,
): Promise<void> {
  if (id === null) await ctx.db.insert("timeSeries", changed);
  else await ctx.db.replace("timeSeries", id, changed);
}

/** Returns the minute buckets of the open hours. */
export function openBuckets({ open, hour }: Pick<TimeSeries, "open" | "hour">): Bucket[] {
  return bucketsIn(open, hour, MINUTE_MS);
}

/** Returns what a sparkline or a chart draws of a bucket: the sum of increments, otherwise the mean. */
export function drawnValue(kind: Kind, bucket: Bucket): number {
  return kind === "counter" ? bucket.sum : meanOf(bucket);
}

/** Sets the values of closed hours in a sparkline, and leaves out what has become too old. */
export function withHours(line: Sparkline, kind: Kind, closed: readonly Bucket[], newest: number): Sparkline {
  const values = new Map(line.hours.map((hour, i) => [hour, line.values[i] ?? 0]));
  for (const bucket of closed) values.set(bucket.at, drawnValue(kind, bucket));
  const kept = [...values]
    .filter(([hour]) => hour > newest - LONGEST_LINE_MS)
    .sort(([a], [b]) => a - b)
    .slice(-MOST_HOURS);
  return { hours: kept.map(([hour]) => hour), values: kept.map(([, value]) => value) };
}

/** Returns whether sums since midnight are kept for a time series. */
export function hasToday({ kind }: Pick<TimeSeries, "kind">): boolean {
  return addsUp(kind);
}
