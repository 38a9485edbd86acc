/** Retirement and removal of agents and time series that no longer report. */
import type { MutationCtx } from "../_generated/server";
import { changeAgents, entryIn, findHistory } from "./agents.ts";
import { DAY_MS } from "./intervals.ts";
import { ofFirstProject, openOverview, saveOverview } from "./overview.ts";
import { closeSeries } from "./rollups.ts";

const RETIRED_AFTER_MS = 90 * DAY_MS;
const REMOVED_AFTER_MS = 400 * DAY_MS;
const SERIES_COUNT_MS = 30 * DAY_MS;

/** Agents or time series in one step. */
const STEP = 20;

/** Retires agents that were not seen for 90 days. Returns their number. */
export async function retireSilentAgents(ctx: MutationCtx, now: number): Promise<number> {
  const silent = ofFirstProject(
    await ctx.db
      .query("agents")
      .withIndex("by_retired", (q) => q.eq("retiredAt", undefined).lt("lastSeenAt", now - RETIRED_AFTER_MS))
      .take(STEP),
  );
  await changeAgents(ctx, silent, { retiredAt: now }, now);
  return silent.length;
}

/** Removes agents that were retired for as long as their rollups are kept. Returns their number. */
export async function removeRetiredAgents(ctx: MutationCtx, now: number): Promise<number> {
  const retired = await ctx.db
    .query("agents")
    .withIndex("by_retired", (q) => q.gt("retiredAt", 0).lt("retiredAt", now - REMOVED_AFTER_MS))
    .take(STEP);
  for (const agent of retired) {
    const history = await findHistory(ctx, agent.projectId, agent.agent);
    if (history !== null) await ctx.db.delete("agentStates", history._id);
    await ctx.db.delete("agents", agent._id);
  }
  return retired.length;
}

/**
 * Removes time series that had no point for 30 days, so that they no longer count. Their rollups stay. Returns
 * their number.
 */
export async function removeIdleSeries(ctx: MutationCtx, now: number): Promise<number> {
  const idle = ofFirstProject(
    await ctx.db
      .query("timeSeries")
      .withIndex("by_arrival", (q) => q.lt("arrivedAt", now - SERIES_COUNT_MS))
      .take(STEP),
  );
  const [first] = idle;
  if (first === undefined) return 0;
  const overview = await openOverview(ctx, first.projectId);
  for (const series of idle) {
    await closeSeries(ctx, series);
    await ctx.db.delete("timeSeries", series._id);
    const entry = entryIn(overview, series.agent);
    if (entry !== undefined) entry.series = Math.max(0, entry.series - 1);
  }
  if (overview._id !== null) await saveOverview(ctx, first.projectId, overview, now);
  return idle.length;
}
