/** Outages: times in which alerts were not evaluated. Silence is judged from their end on. */
import { v } from "convex/values";
import { internal } from "../../_generated/api.js";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { type Outage, outagesSince } from "../health.ts";
import { MINUTE_MS } from "../intervals.ts";
import { log } from "../log.ts";

/** Alerts that were not evaluated for longer than this count as an outage, in ms. */
const OUTAGE_MS = 3 * MINUTE_MS;

/** How many outages are read to judge silence. */
const MOST_OUTAGES = 5;

export const outageShape = v.object({ from: v.number(), to: v.number() });

/**
 * Notes that alerts are evaluated now.
 *
 * A clock that was set back changes nothing else: the time of the last evaluation is then in the future.
 */
export async function noteEvaluation(ctx: MutationCtx, now: number): Promise<void> {
  const clock = await ctx.db.query("alertClock").first();
  if (clock === null) {
    await ctx.db.insert("alertClock", { evaluatedAt: now });
    return;
  }
  if (now - clock.evaluatedAt > OUTAGE_MS) {
    await ctx.db.insert("outages", { from: clock.evaluatedAt, to: now });
    log("warn", "alert.outage", { ms: now - clock.evaluatedAt });
    await ctx.scheduler.runAfter(0, internal.compaction.summarizeAll, { cursor: null });
  }
  await ctx.db.patch("alertClock", clock._id, { evaluatedAt: now });
}

/** Returns when alerts were last evaluated, in Unix ms; null if they never were. */
export async function evaluatedAt(ctx: QueryCtx): Promise<number | null> {
  return (await ctx.db.query("alertClock").first())?.evaluatedAt ?? null;
}

/** Returns the last outages, oldest first. */
export async function lastOutages(ctx: QueryCtx): Promise<Outage[]> {
  const rows = await ctx.db.query("outages").withIndex("by_end").order("desc").take(MOST_OUTAGES);
  return rows.map(({ from, to }) => ({ from, to })).reverse();
}

/** Returns when the agents of a project could not be judged, oldest first: outages, and while it was archived. */
export async function outagesOf(
  ctx: QueryCtx,
  project: Pick<Doc<"projects">, "restoredAt"> | null,
): Promise<Outage[]> {
  return [...outagesSince(await lastOutages(ctx), project?.restoredAt)];
}
