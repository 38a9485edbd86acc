/** Latest values: the newest point of each time series. */
import { type Infer, v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { groupBy } from "./groupBy.ts";
import { type Point, pointFields } from "./points.ts";

/** Enough for 200 agents of 5 metrics. */
const MOST_PER_PROJECT = 1000;

/** The latest value of one time series; `at` is Unix ms. */
export const latestShape = v.object(pointFields);

export type Latest = Infer<typeof latestShape>;

/**
 * Returns the latest value of each time series, newest first. If there are more than `most`, the middle is
 * omitted: the newest show what a project is doing, the oldest show which agents stopped sending.
 *
 * @param most - The maximum number of entries.
 */
export async function latestOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  most = MOST_PER_PROJECT,
): Promise<Latest[]> {
  const read = (order: "asc" | "desc", count: number) =>
    ctx.db
      .query("latestMetrics")
      .withIndex("by_project", (q) => q.eq("projectId", projectId))
      .order(order)
      .take(count);
  let rows = await read("desc", most + 1);
  if (rows.length > most) {
    const oldest = await read("asc", Math.floor(most / 2));
    rows = [...rows.slice(0, most - oldest.length), ...oldest.reverse()];
  }
  return rows.map(plain);
}

/** Returns the project's newest value, or null if it has no metrics. */
export async function newestOf(ctx: QueryCtx, projectId: Id<"projects">): Promise<Latest | null> {
  const row = await ctx.db
    .query("latestMetrics")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .order("desc")
    .first();
  return row === null ? null : plain(row);
}

function plain({ agent, name, value, at }: Latest): Latest {
  return { agent, name, value, at };
}

/** Updates the latest values. Of two points with the same time, the later arrival wins. */
export async function noteLatest(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  points: Point[],
): Promise<void> {
  const metrics = groupBy(points, ({ agent, name }) => JSON.stringify([agent, name]));
  for (const ofMetric of metrics.values()) {
    const newest = ofMetric.reduce((best, point) => (point.at >= best.at ? point : best));
    const row = await ctx.db
      .query("latestMetrics")
      .withIndex("by_metric", (q) =>
        q.eq("projectId", projectId).eq("agent", newest.agent).eq("name", newest.name),
      )
      .unique();
    if (row === null) await ctx.db.insert("latestMetrics", { projectId, ...newest });
    else if (newest.at >= row.at) await ctx.db.patch("latestMetrics", row._id, newest);
  }
}
