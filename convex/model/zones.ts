/**
 * Time zones of a project: those of its owner and most members, in which sums since midnight are kept. Other
 * users get the UTC day.
 */
import { internal } from "../_generated/api.js";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { addsUp } from "./kinds.ts";
import { type Overview, openOverview, saveOverview, type Zone } from "./overview.ts";
import { hasToday } from "./timeSeries.ts";
import { entrySums, rollOverview, withToday, zoneAt } from "./today.ts";

const MOST_ZONES = 8;
const MOST_MEMBERS = 500;
const UTC = "UTC";

/** Time series in one step of a refresh. */
const STEP = 100;

/** Returns the zones of a project that has no overview yet. */
export async function initialZones(ctx: QueryCtx, projectId: Id<"projects">, now: number): Promise<Zone[]> {
  return (await wantedZones(ctx, projectId)).map((zone) => zoneAt(zone, now));
}

async function wantedZones(ctx: QueryCtx, projectId: Id<"projects">): Promise<string[]> {
  const members = await ctx.db
    .query("projectMembers")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .take(MOST_MEMBERS);
  const votes = new Map<string, number>();
  for (const { timeZone, role } of members) {
    if (timeZone === undefined || timeZone === UTC) continue;
    votes.set(timeZone, (votes.get(timeZone) ?? 0) + (role === "owner" ? MOST_MEMBERS : 1));
  }
  const zones = [...votes].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return [...zones.slice(0, MOST_ZONES).map(([zone]) => zone), UTC];
}

/** Schedules a refresh after a member came, left, or changed their time zone. */
export async function scheduleRefresh(ctx: MutationCtx, projectId: Id<"projects">): Promise<void> {
  await ctx.scheduler.runAfter(0, internal.compaction.refreshZones, { projectId, cursor: null });
}

/**
 * Brings the sums of a project to the zones that are in use now, in steps.
 *
 * @param cursor - Cursor of the last step; null for the first step.
 * @returns Cursor of this step; null after the last step, or if nothing has to change.
 */
export async function refreshZones(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  cursor: string | null,
): Promise<string | null> {
  const now = Date.now();
  const overview = await openOverview(ctx, projectId);
  if (overview._id === null) return null;
  await rollOverview(ctx, projectId, overview, now);
  if (cursor === null) {
    const wanted = await wantedZones(ctx, projectId);
    const isSame = wanted.length === overview.zones.length && wanted.every((zone) => has(overview, zone));
    if (isSame) return null;
    setZones(overview, wanted, now);
  }
  const { page, isDone, continueCursor } = await ctx.db
    .query("timeSeries")
    .withIndex("by_name", (q) => q.eq("projectId", projectId))
    .paginate({ numItems: STEP, cursor });
  for (const series of page.filter(hasToday)) {
    const today = await withToday(ctx, series, overview.zones, []);
    await ctx.db.patch("timeSeries", series._id, { today });
    const entry = overview.agents.find(({ agent }) => agent === series.agent);
    const metric = entry?.metrics.find(({ name }) => name === series.name);
    if (metric !== undefined) metric.today = entrySums(overview.zones, today);
  }
  await saveOverview(ctx, projectId, overview, now);
  return isDone ? null : continueCursor;
}

function has({ zones }: Overview, zone: string): boolean {
  return zones.some((known) => known.zone === zone);
}

/** Replaces the zones of an overview. Sums in new zones are 0 until their time series are read. */
function setZones(overview: Overview, wanted: readonly string[], now: number): void {
  const before = overview.zones;
  overview.zones = wanted.map((zone) => before.find((known) => known.zone === zone) ?? zoneAt(zone, now));
  const sumIn = (today: readonly number[], zone: string) =>
    today[before.findIndex((known) => known.zone === zone)] ?? 0;
  for (const { metrics } of overview.agents) {
    for (const metric of metrics.filter(({ kind }) => addsUp(kind))) {
      const { today = [] } = metric;
      metric.today = wanted.map((zone) => sumIn(today, zone));
    }
  }
}
