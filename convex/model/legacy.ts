/**
 * Data of the version before batches: one row for each point, bucket and latest value. Migrations move it into
 * the read models. Each row is moved and removed in one transaction, so they can be stopped at any time, and
 * charts show both forms meanwhile.
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { entryOf, findAgent, newAgent, seeAgent } from "./agents.ts";
import type { Bucket } from "./buckets.ts";
import { bucketsOfRow, EMPTY, isSingleBucket } from "./chunks.ts";
import { MOST_AGENTS, MOST_SERIES } from "./drops.ts";
import { metricEntry, wholeLine } from "./fold.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "./intervals.ts";
import { countSeries, newestMetrics, openOverview, saveOverview } from "./overview.ts";
import { addBuckets, addClosedHour, rowsBetween, type SeriesKey } from "./rollups.ts";
import { findSeries, type TimeSeries } from "./timeSeries.ts";
import { initialZones } from "./zones.ts";

/** Minutes were kept for this long, in ms. */
const MINUTES_KEPT_MS = 8 * DAY_MS;

/** Moves the latest value of a time series: it makes the agent and the time series known. */
export async function moveLatestValue(ctx: MutationCtx, latest: Doc<"latestMetrics">): Promise<void> {
  const { projectId, agent, name, value, at } = latest;
  await ctx.db.delete("latestMetrics", latest._id);
  if ((await ctx.db.get("projects", projectId)) === null) return;
  const known = await findSeries(ctx, projectId, agent, name);
  const series = known ?? newSeries(latest, Date.now());
  if (known === null) await ctx.db.insert("timeSeries", series);
  else if (at > known.at) await ctx.db.patch("timeSeries", known._id, { value, at });
  await showSeries(ctx, projectId, series, known === null, at);
}

/** Returns the time series of a latest value, without its rollups. */
function newSeries({ projectId, agent, name, value, at }: Doc<"latestMetrics">, now: number): TimeSeries {
  const hasMinutes = at > now - MINUTES_KEPT_MS;
  return {
    projectId,
    agent,
    name,
    kind: "gauge",
    value,
    at,
    arrivedAt: at,
    // Without minutes, its last hour is closed and its last day too.
    hour: hasMinutes ? startOf(at, HOUR_MS) : startOf(at, DAY_MS) + DAY_MS,
    open: EMPTY,
    daySum: 0,
    today: [],
    line: { hours: [], values: [] },
  };
}

/** Adds a time series to its agent and to the overview, as far as the limits allow. */
async function showSeries(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  series: TimeSeries,
  isNew: boolean,
  at: number,
): Promise<void> {
  const now = Date.now();
  const overview = await openOverview(ctx, projectId);
  if (overview._id === null) overview.zones = await initialZones(ctx, projectId, now);
  const entry = overview.agents.find(({ agent }) => agent === series.agent);
  const hasRoom = overview.agents.length < MOST_AGENTS && countSeries(overview) < MOST_SERIES;
  const stored = await findAgent(ctx, projectId, series.agent);
  const fields = stored ?? newAgent(projectId, series.agent, at);
  seeAgent(fields, at);
  if (stored === null && !hasRoom) fields.retiredAt = now;
  if (stored === null) {
    await ctx.db.insert("agents", fields);
  } else {
    const { lastSeenAt, reportAt, reports } = fields;
    const firstSeenAt = Math.min(stored.firstSeenAt, at);
    await ctx.db.patch("agents", stored._id, { firstSeenAt, lastSeenAt, reportAt, reports });
  }
  if (fields.retiredAt !== undefined) return;
  const others = (entry?.metrics ?? []).filter(({ name }) => name !== series.name);
  const known = {
    series: (entry?.series ?? 0) + (isNew ? 1 : 0),
    metrics: newestMetrics([...others, metricEntry(series, overview)]),
    line: entry?.line ?? { hours: [], values: [] },
  };
  overview.agents = [
    ...overview.agents.filter(({ agent }) => agent !== series.agent),
    entryOf(fields, known),
  ];
  await saveOverview(ctx, projectId, overview, now);
}

/** Moves the rollups of one hour of a time series: its minutes if they are kept, otherwise the hour alone. */
export async function moveHour(ctx: MutationCtx, row: Doc<"stats">): Promise<void> {
  if (!isSingleBucket(row)) return;
  const key = { projectId: row.projectId, agent: row.agent, name: row.name };
  await ctx.db.delete("stats", row._id);
  const minutes = await takeMinutes(ctx, key, row.at);
  const series = await findSeries(ctx, key.projectId, key.agent, key.name);
  if (series === null || minutes.length === 0) {
    for (const hour of bucketsOfRow(row)) await addClosedHour(ctx, key, hour);
    return;
  }
  const { _id, _creationTime, ...fields } = series;
  await addBuckets(ctx, fields, minutes);
  await ctx.db.replace("timeSeries", _id, fields);
}

/** Removes the minutes of an hour, and returns them. */
async function takeMinutes(ctx: MutationCtx, key: SeriesKey, hour: number): Promise<Bucket[]> {
  const rows = (await rowsBetween(ctx, key, MINUTE_MS, hour, hour + HOUR_MS)).filter(isSingleBucket);
  for (const { _id } of rows) await ctx.db.delete("stats", _id);
  return rows.flatMap(bucketsOfRow);
}

/** Draws the sparklines of an overview again, from the time series. */
export async function redrawOverview(ctx: MutationCtx, overview: Doc<"overviews">): Promise<void> {
  const agents = await Promise.all(
    overview.agents.map(async (entry) => {
      const [newest] = entry.metrics;
      if (newest === undefined) return entry;
      const series = await findSeries(ctx, overview.projectId, entry.agent, newest.name);
      return series === null ? entry : { ...entry, line: wholeLine(series) };
    }),
  );
  await ctx.db.patch("overviews", overview._id, { agents });
}
