/** Sums since midnight, in each time zone that a project keeps. */

import type { Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { type Bucket, finite, sumFrom } from "./buckets.ts";
import { bucketsOfRow } from "./chunks.ts";
import { dayOf } from "./days.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "./intervals.ts";
import type { MetricEntry, Overview, Zone } from "./overview.ts";
import { rowsBetween } from "./rollups.ts";
import { findSeries, hasToday, openBuckets, type TimeSeries, type ZoneSum } from "./timeSeries.ts";

/** Returns the zones of the current day. Most calls change nothing, because midnight is once a day. */
export function currentZones(zones: readonly Zone[], now: number): Zone[] {
  return zones.map((zone) => (now < zone.next && now >= zone.since ? zone : zoneAt(zone.zone, now)));
}

/** Returns a time zone with its current day. */
export function zoneAt(zone: string, now: number): Zone {
  return { zone, ...dayOf(zone, now) };
}

/**
 * Returns the sums of a time series with new points.
 *
 * @param series - The time series without the points.
 * @param added - The points as minute buckets.
 */
export async function withToday(
  ctx: QueryCtx,
  series: TimeSeries,
  zones: readonly Zone[],
  added: readonly Bucket[],
): Promise<ZoneSum[]> {
  if (!hasToday(series)) return [];
  return await Promise.all(
    zones.map(async ({ zone, since }) => {
      const known = series.today.find((sum) => sum.zone === zone);
      let before: number;
      if (known === undefined) before = await sumSince(ctx, series, since);
      // Points that arrived before midnight may be after it, from a clock that is ahead.
      else before = known.since === since ? known.sum : sumFrom(openBuckets(series), since);
      return { zone, since, sum: finite(before + sumFrom(added, since)) };
    }),
  );
}

/** Returns the sum of all points since a time, from closed hours, the minutes around it and the open hours. */
async function sumSince(ctx: QueryCtx, series: TimeSeries, since: number): Promise<number> {
  const hour = startOf(since, HOUR_MS);
  const closed = async (width: number, from: number, end: number) =>
    (await rowsBetween(ctx, series, width, from, end)).flatMap(bucketsOfRow);
  const hours = await closed(HOUR_MS, startOf(since, DAY_MS), Number.POSITIVE_INFINITY);
  const wholeHours = hours.filter(({ at }) => at < series.hour);
  if (hour === since) return finite(sumFrom(wholeHours, since) + sumFrom(openBuckets(series), since));
  const minutes = series.hour === hour ? [] : await closed(MINUTE_MS, hour, hour + HOUR_MS);
  const rest = sumFrom(wholeHours, hour + HOUR_MS) + sumFrom(minutes, since);
  return finite(rest + sumFrom(openBuckets(series), since));
}

/** Returns the sums of a time series as an overview keeps them. */
export function entrySums(zones: readonly Zone[], today: readonly ZoneSum[]): number[] {
  return zones.map(({ zone, since }) => {
    const known = today.find((sum) => sum.zone === zone);
    return known?.since === since ? known.sum : 0;
  });
}

/**
 * Begins the current day in an overview: sums of zones whose midnight has passed are 0 until the next point.
 */
export async function rollOverview(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  overview: Overview,
  now: number,
): Promise<void> {
  const zones = currentZones(overview.zones, now);
  if (zones.every((zone, i) => zone === overview.zones[i])) return;
  const sumsOf = async (agent: string, metric: MetricEntry) => {
    if (metric.today === undefined) return metric;
    // Only a clock that is ahead has points in a day that has just begun.
    const isAhead = zones.some((zone, i) => zone !== overview.zones[i] && metric.at >= zone.since);
    const series = isAhead ? await findSeries(ctx, projectId, agent, metric.name) : null;
    const today = series === null ? [] : await withToday(ctx, series, zones, []);
    return {
      ...metric,
      today: zones.map((zone, i) =>
        zone === overview.zones[i] ? (metric.today?.[i] ?? 0) : (today[i]?.sum ?? 0),
      ),
    };
  };
  for (const entry of overview.agents) {
    entry.metrics = await Promise.all(entry.metrics.map((metric) => sumsOf(entry.agent, metric)));
  }
  overview.zones = zones;
}
