/** The small line beside a project or an agent: one metric, hour by hour. */
import { type Infer, v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { Latest } from "./latest.ts";
import { seriesOf } from "./rollups.ts";

const MOST_POINTS = 24;

/** A page's first answer has lines for so many agents; the others follow live. */
const MOST_LINES = 24;

/** `points` are hourly means, ascending, hours with data only; `at` is the hour's start, Unix ms. */
export const lineShape = v.object({
  projectId: v.id("projects"),
  agent: v.string(),
  name: v.string(),
  points: v.array(v.object({ at: v.number(), value: v.number() })),
});

/** @returns The line of this metric over its last 24 hours with data; null where the project has no metric. */
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

/** @returns A line for each of the newest agents, of its newest metric. @param latest Newest first. */
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
