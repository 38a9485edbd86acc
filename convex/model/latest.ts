/** The newest value of each metric of each agent. */
import { type Infer, v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { type Point, pointFields } from "./points.ts";

const MOST_PER_PROJECT = 24;

/** The latest value of one metric of one agent; `at` is Unix ms. */
export const latestShape = v.object(pointFields);

export type Latest = Infer<typeof latestShape>;

/** @returns One entry for each agent and metric, newest first, at most 24. */
export async function latestOf(ctx: QueryCtx, projectId: Id<"projects">): Promise<Latest[]> {
  const rows = await ctx.db
    .query("latestMetrics")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .order("desc")
    .take(MOST_PER_PROJECT);
  return rows.map(({ agent, name, value, at }) => ({ agent, name, value, at }));
}

/** Keeps the newest by `at`; of two with the same time the later to arrive. */
export async function noteLatest(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  points: Point[],
): Promise<void> {
  const metrics = Map.groupBy(points, ({ agent, name }) => JSON.stringify([agent, name]));
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
