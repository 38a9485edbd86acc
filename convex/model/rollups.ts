/**
 * Rollups: points become minute buckets, and closed hours and days become buckets of `stats`.
 *
 * An hour closes when a point of a newer hour arrives. A late point changes its minute chunk, and its hour
 * and day are summarized again from there, so every bucket has one source.
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { type Bucket, finite, regroup, sumFrom } from "./buckets.ts";
import { bucketsIn, chunkOf, DAYS, HOURS, isSingleBucket, type Level, MINUTES } from "./chunks.ts";
import { groupBy } from "./groupBy.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "./intervals.ts";
import { openBuckets, type TimeSeries, withHours } from "./timeSeries.ts";

export type SeriesKey = { projectId: Id<"projects">; agent: string; name: string };

/** An hour closes at most this long after its end, in ms. */
const CLOSED_WITHIN_MS = 10 * MINUTE_MS;

/** A chunk as it is stored; `id` is null if it is not stored yet. */
type StoredChunk = { id: Id<"stats"> | null; buckets: Bucket[] };

const NEW_CHUNK: StoredChunk = { id: null, buckets: [] };

/**
 * Adds points to a time series: changes the given document, which the caller stores, and writes the chunks of
 * closed hours and days.
 *
 * @param added - The points as minute buckets, each minute once.
 */
export async function addBuckets(
  ctx: MutationCtx,
  series: TimeSeries,
  added: readonly Bucket[],
): Promise<void> {
  const before = openBuckets(series);
  const all = [...before, ...added];
  const since = openSince(series, Math.max(series.hour, ...all.map(({ at }) => at)));
  const open = regroup(
    all.filter(({ at }) => at >= since),
    MINUTE_MS,
  );
  // Hours without points are closed, so that their day is.
  const hour = startOf(open[0]?.at ?? since, HOUR_MS);

  const closing = groupBy(
    all.filter(({ at }) => at < since),
    ({ at }) => startOf(at, HOUR_MS),
  );
  const closed = await Promise.all(
    [...closing].map(([at, minutes]) => closeMinutes(ctx, series, at, minutes)),
  );
  const closedHours = closed.flat();
  await closeHours(ctx, series, closedHours, hour);
  if (closedHours.length > 0) series.line = withHours(series.line, series.kind, closedHours, hour);

  const day = startOf(hour, DAY_MS);
  const earlier = startOf(series.hour, DAY_MS) === day ? series.daySum : sumFrom(before, day);
  series.daySum = finite(earlier + sumFrom(added, day));
  series.open = chunkOf(open, hour, MINUTE_MS);
  series.hour = hour;
}

/**
 * Returns the start of the oldest hour that is open after a point. An hour closes up to
 * {@link CLOSED_WITHIN_MS} after its end: at another time for each time series, so that a project with many of
 * them does not close them all at the turn of the hour.
 *
 * @param at - The time of the newest point in Unix ms.
 */
export function openSince({ hour, agent, name }: TimeSeries, at: number): number {
  if (at < hour + HOUR_MS) return hour;
  return Math.max(hour, startOf(at - (hashOf(agent + name) % CLOSED_WITHIN_MS), HOUR_MS));
}

/** Returns the FNV-1a hash of a text, 32 bits, over its UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Closes the open hours and day of a time series that is about to be removed. */
export async function closeSeries(ctx: MutationCtx, series: TimeSeries): Promise<void> {
  await closeHours(ctx, series, regroup(openBuckets(series), HOUR_MS), Number.POSITIVE_INFINITY);
}

/** Adds the bucket of an hour whose minutes are no longer kept, and summarizes its day again. */
export async function addClosedHour(ctx: MutationCtx, key: SeriesKey, hour: Bucket): Promise<void> {
  const chunk = await readChunk(ctx, key, HOURS, startOf(hour.at, HOURS.span));
  const same = chunk.buckets.filter(({ at }) => at === hour.at);
  await closeHours(ctx, key, regroup([...same, hour], HOUR_MS), Number.POSITIVE_INFINITY);
}

/** Adds points to the minutes of a closed hour, or of an open hour that closes now. Returns its bucket. */
async function closeMinutes(ctx: MutationCtx, series: TimeSeries, hour: number, added: readonly Bucket[]) {
  const chunk = hour < series.hour ? await readChunk(ctx, series, MINUTES, hour) : NEW_CHUNK;
  const buckets = regroup([...chunk.buckets, ...added], MINUTE_MS);
  await saveChunk(ctx, series, MINUTES, hour, { ...chunk, buckets });
  return regroup(buckets, HOUR_MS);
}

/**
 * Sets the buckets of closed hours, and of the days that are closed too.
 *
 * @param open - Start of the oldest open hour of the time series; the days before its day are closed.
 */
async function closeHours(
  ctx: MutationCtx,
  key: SeriesKey,
  hours: readonly Bucket[],
  open: number,
): Promise<void> {
  const days = await Promise.all(
    [...groupBy(hours, ({ at }) => startOf(at, HOURS.span))].map(async ([day, ofDay]) => {
      const all = await setBuckets(ctx, key, HOURS, day, ofDay);
      return open >= day + DAY_MS ? regroup(all, DAY_MS) : [];
    }),
  );
  const chunks = groupBy(days.flat(), ({ at }) => startOf(at, DAYS.span));
  await Promise.all([...chunks].map(([at, ofChunk]) => setBuckets(ctx, key, DAYS, at, ofChunk)));
}

/** Sets buckets of a chunk and leaves its other buckets. Returns all its buckets, ascending. */
async function setBuckets(
  ctx: MutationCtx,
  key: SeriesKey,
  level: Level,
  at: number,
  set: readonly Bucket[],
): Promise<Bucket[]> {
  const chunk = await readChunk(ctx, key, level, at);
  const all = new Map([...chunk.buckets, ...set].map((bucket) => [bucket.at, bucket]));
  const buckets = [...all.values()].sort((a, b) => a.at - b.at);
  await saveChunk(ctx, key, level, at, { ...chunk, buckets });
  return buckets;
}

async function readChunk(ctx: QueryCtx, key: SeriesKey, level: Level, at: number): Promise<StoredChunk> {
  for (const row of await rowsBetween(ctx, key, level.width, at, at + 1)) {
    if (!isSingleBucket(row)) return { id: row._id, buckets: bucketsIn(row, at, level.width) };
  }
  return NEW_CHUNK;
}

async function saveChunk(
  ctx: MutationCtx,
  { projectId, agent, name }: SeriesKey,
  { width }: Level,
  at: number,
  { id, buckets }: StoredChunk,
): Promise<void> {
  const row = { projectId, agent, name, width, at, ...chunkOf(buckets, at, width) };
  if (id === null) await ctx.db.insert("stats", row);
  else await ctx.db.replace("stats", id, row);
}

/** Returns the stored rows of a time series that begin in a span of time. */
export async function rowsBetween(
  ctx: QueryCtx,
  { projectId, agent, name }: SeriesKey,
  width: number,
  from: number,
  end: number,
): Promise<Doc<"stats">[]> {
  return await ctx.db
    .query("stats")
    .withIndex("by_series", (q) =>
      q
        .eq("projectId", projectId)
        .eq("agent", agent)
        .eq("name", name)
        .eq("width", width)
        .gte("at", from)
        .lt("at", end),
    )
    .collect();
}
