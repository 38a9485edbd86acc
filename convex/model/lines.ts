/** Sparklines of projects and agents: hourly means of one time series. */
import { type Infer, v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { Latest } from "./latest.ts";
import { seriesOf } from "./rollups.ts";

const MOST_POINTS = 24;

/**
 * The maximum number of sparklines in a page's first response; the browser loads the others as live queries.
 */
const MOST_LINES = 24;

/**
 * A sparkline. `points` are hourly means, ascending, only for hours with data; `at` is the start of the hour
 * in Unix ms.
 */
export const lineShape = v.object({
  projectId: v.id("projects"),
  agent: v.string(),
  name: v.string(),
  points: v.array(v.object({ at: v.number(), value: v.number() })),
});

/**
 * Returns the sparkline of a time series over its last 24 hours with data; null if no time series is given.
 */
export async function lineOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  metric: { agent: string; name: string } | null | undefined,
): Promise<Infer<typeof lineShape> | null> {
  if (!metric) return null;
  const { agent, name } = metric;
  const buckets = await seriesOf(ctx, { projectId, agent, name }, "7d", MOST_POINTS);
  const points = buckets.map(({ at, sum, count }) => ({ at, value: sum / count }));
  return { projectId, agent, name, points };
}

/**
 * Returns a sparkline for each of the newest agents, of its newest time series.
 *
 * @param latest - The latest values, newest first.
 */
export async function linesOfAgents(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  latest: Latest[],
): Promise<Infer<typeof lineShape>[]> {
  const agents = new Map<string, Latest>();
  for (const metric of latest) if (!agents.has(metric.agent)) agents.set(metric.agent, metric);
  const newest = [...agents.values()].slice(0, MOST_LINES);
  const lines = await Promise.all(newest.map((metric) => lineOf(ctx, projectId, metric)));
  return lines.filter((line) => line !== null);
}
