/**
 * Rollups: one row per minute, ten minutes and hour for each time series, updated with every point, so that
 * the cost of a chart does not grow with the amount of data.
 */
import { type Infer, v } from "convex/values";
import { literals } from "convex-helpers/validators";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { groupBy } from "./groupBy.ts";
import type { Point } from "./points.ts";
import { RANGE_NAMES, RANGES, type Range } from "./ranges.ts";

export const rangeShape = literals(...RANGE_NAMES);

const WIDTHS = Object.values(RANGES).map(({ width }) => width);
const MOST_BUCKETS = 200;

/** A bucket of a chart; `at` is its start in Unix ms. */
export const bucketShape = v.object({
  at: v.number(),
  count: v.number(),
  sum: v.number(),
  min: v.number(),
  max: v.number(),
});

export type Bucket = Infer<typeof bucketShape>;

/**
 * Returns the buckets of one time series that have data, ascending, from the bucket in which the range
 * starts.
 *
 * @param most - The maximum number of buckets; the newest are kept.
 */
export async function seriesOf(
  ctx: QueryCtx,
  metric: { projectId: Id<"projects">; agent: string; name: string },
  range: Range,
  most = MOST_BUCKETS,
): Promise<Bucket[]> {
  const { span, width } = RANGES[range];
  const from = startOfBucket(Date.now() - span, width);
  const rows = await ctx.db
    .query("stats")
    .withIndex("by_metric", (q) =>
      q
        .eq("projectId", metric.projectId)
        .eq("agent", metric.agent)
        .eq("name", metric.name)
        .eq("width", width)
        .gte("at", from),
    )
    .order("desc")
    .take(most);
  return rows.reverse().map(({ at, count, sum, min, max }) => ({ at, count, sum, min, max }));
}

/** Adds points to the buckets of their times, with one write for each bucket. */
export async function addToRollups(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  points: Point[],
): Promise<void> {
  for (const width of WIDTHS) {
    const buckets = groupBy(points, ({ agent, name, at }) =>
      JSON.stringify([agent, name, startOfBucket(at, width)]),
    );
    for (const inBucket of buckets.values()) await addToBucket(ctx, projectId, width, inBucket);
  }
}

async function addToBucket(ctx: MutationCtx, projectId: Id<"projects">, width: number, points: Point[]) {
  const [first] = points;
  if (first === undefined) return;
  const { agent, name } = first;
  const at = startOfBucket(first.at, width);
  const values = points.map(({ value }) => value);
  const added: Bucket = {
    at,
    count: values.length,
    sum: finite(values.reduce((sum, value) => sum + value, 0)),
    min: Math.min(...values),
    max: Math.max(...values),
  };
  const row = await ctx.db
    .query("stats")
    .withIndex("by_metric", (q) =>
      q.eq("projectId", projectId).eq("agent", agent).eq("name", name).eq("width", width).eq("at", at),
    )
    .unique();
  if (row === null) await ctx.db.insert("stats", { projectId, agent, name, width, ...added });
  else await ctx.db.patch("stats", row._id, merged(row, added));
}

function merged(one: Doc<"stats">, other: Bucket) {
  return {
    count: one.count + other.count,
    sum: finite(one.sum + other.sum),
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  };
}

function startOfBucket(at: number, width: number): number {
  return Math.floor(at / width) * width;
}

/**
 * Clamps a sum to finite numbers: the sum of very large values may overflow, and a chart cannot draw
 * infinity.
 */
function finite(sum: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum));
}
