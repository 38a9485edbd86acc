/**
 * Streams: the last point of each cumulative OpenTelemetry stream, from which the next one is subtracted. Rows
 * belong to a resource, because an export has all streams of its resource.
 */
import { type Infer, v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { Summary } from "./buckets.ts";
import { type Distribution, riseOf, summaryFrom } from "./distribution.ts";
import { MOST_STREAMS } from "./drops.ts";
import { DAY_MS, HOUR_MS } from "./intervals.ts";
import { ofFirstProject, openOverview, saveOverview } from "./overview.ts";
import type { StreamPoint, Total } from "./points.ts";

/** Streams in a row: the buckets of a large one take 10 KB. */
const ROW_STREAMS = 50;

/** Characters of all buckets of a resource. Histograms over that are stored without theirs. */
const MOST_BUCKET_TEXT = 4_000_000;

/** Time without a point after which a stream is forgotten, in ms. */
const KEPT_MS = DAY_MS;

/** The first point of a stream counts if the stream started at most this long before it, in ms. */
const YOUNG_MS = HOUR_MS;

/** A row that did not change is written again after this time, in ms, so that it is kept. */
const TOUCHED_EVERY_MS = HOUR_MS;

/** Rows in one step: a large one takes half a megabyte. */
const STEP = 10;

const streamShape = v.object({
  /** Hash of scope, metric and attributes. */
  id: v.string(),
  start: v.number(),
  /** Time of its last point, and when that arrived. */
  at: v.number(),
  arrivedAt: v.number(),
  sum: v.number(),
  count: v.optional(v.number()),
  /** The buckets of a histogram, as JSON. */
  distribution: v.optional(v.string()),
});

type Stream = Infer<typeof streamShape>;

export const streamRowFields = {
  /** Hash of the resource. */
  resource: v.string(),
  /** When the first export of the resource arrived. */
  firstAt: v.number(),
  /** When the last export arrived; up to an hour older if no stream changed. */
  at: v.number(),
  streams: v.array(streamShape),
};

type OpenRow = { _id: Id<"streams"> | null; at: number; streams: Stream[]; changed: boolean };

/** A resource that a transaction works on. */
export type OpenResource = {
  resource: string;
  firstAt: number;
  rows: OpenRow[];
  byId: Map<string, { row: OpenRow; stream: Stream }>;
  /** Characters of its buckets. */
  bucketText: number;
};

/** The number of streams of a project. */
type Counted = { streams: number };

/** What a point adds to its time series; `nothing` if it only starts or repeats its stream. */
export type Increment = { value: number } | { summary: Summary } | "nothing" | "limit_reached";

/** Loads a resource. It is new at `arrivedAt` if no row is known. */
export async function openResource(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  resource: string,
  arrivedAt: number,
): Promise<OpenResource> {
  const stored = await ctx.db
    .query("streams")
    .withIndex("by_resource", (q) => q.eq("projectId", projectId).eq("resource", resource))
    .collect();
  const rows = stored.map(({ _id, at, streams }) => ({ _id, at, streams, changed: false }));
  const known = stored.filter(({ at }) => at > arrivedAt - KEPT_MS);
  return {
    resource,
    firstAt: Math.min(arrivedAt, ...known.map(({ firstAt }) => firstAt)),
    rows,
    byId: new Map(rows.flatMap((row) => row.streams.map((stream) => [stream.id, { row, stream }]))),
    bucketText: rows
      .flatMap((row) => row.streams)
      .reduce((sum, { distribution }) => sum + lengthOf(distribution), 0),
  };
}

/** Notes that a resource has exported something. */
export function seeResource(open: OpenResource, project: Counted, arrivedAt: number): void {
  const [row] = open.rows;
  if (row === undefined) {
    if (project.streams < MOST_STREAMS) addRow(open, project, arrivedAt);
  } else if (row.at < arrivedAt - TOUCHED_EVERY_MS) {
    touch(row, arrivedAt);
  }
}

/**
 * Takes the next point of a stream.
 *
 * @param project - Counts the streams of the project; a new stream raises it.
 */
export function advance(
  open: OpenResource,
  project: Counted,
  point: StreamPoint,
  arrivedAt: number,
): Increment {
  const known = open.byId.get(point.id);
  if (known === undefined) {
    if (project.streams >= MOST_STREAMS) return "limit_reached";
    const row = open.rows.find((one) => one.streams.length < ROW_STREAMS) ?? addRow(open, project, arrivedAt);
    if (row.streams.length > 0) project.streams += 1;
    const stream = streamOf(open, point, arrivedAt);
    row.streams.push(stream);
    open.byId.set(point.id, { row, stream });
    touch(row, arrivedAt);
    return isFirstCounted(open, point, arrivedAt) ? incrementOf(point.total, null) : "nothing";
  }
  const { row, stream } = known;
  const isForgotten = stream.arrivedAt <= arrivedAt - KEPT_MS;
  if (!isForgotten && point.at <= stream.at) return "nothing";
  const before: Stream = { ...stream };
  open.bucketText -= lengthOf(stream.distribution);
  delete stream.distribution;
  delete stream.count;
  Object.assign(stream, streamOf(open, point, arrivedAt));
  touch(row, arrivedAt);
  if (isForgotten && !isFirstCounted(open, point, arrivedAt)) return "nothing";
  return incrementOf(point.total, isForgotten || isReset(point, before) ? null : before);
}

/** Adds an empty row, which counts as a stream until it has one. */
function addRow(open: OpenResource, project: Counted, arrivedAt: number): OpenRow {
  const row: OpenRow = { _id: null, at: arrivedAt, streams: [], changed: true };
  open.rows.push(row);
  project.streams += 1;
  return row;
}

function touch(row: OpenRow, arrivedAt: number): void {
  row.changed = true;
  row.at = arrivedAt;
}

/** Returns whether a stream began recently, or while its resource was known. Otherwise it began unobserved. */
function isFirstCounted({ firstAt }: OpenResource, { start, at }: StreamPoint, arrivedAt: number): boolean {
  return (start > 0 && at - start <= YOUNG_MS) || firstAt < arrivedAt;
}

function isReset({ start, total }: StreamPoint, before: Stream): boolean {
  if (start > before.start) return true;
  return total.count === undefined ? total.sum < before.sum : total.count < (before.count ?? 0);
}

function incrementOf(total: Total, before: Stream | null): Increment {
  const sum = total.sum - (before?.sum ?? 0);
  if (total.count === undefined) return { value: sum };
  const count = total.count - (before?.count ?? 0);
  if (count === 0) return "nothing";
  return { summary: summaryFrom({ count, sum }, risenBuckets(total, before)) };
}

function risenBuckets({ distribution }: Total, before: Stream | null): Distribution | null {
  if (distribution === undefined || before === null) return distribution ?? null;
  if (before.distribution === undefined) return null;
  return riseOf(distribution, JSON.parse(before.distribution) as Distribution);
}

function streamOf(open: OpenResource, { id, start, at, total }: StreamPoint, arrivedAt: number): Stream {
  const { sum, count } = total;
  const distribution = total.distribution && JSON.stringify(total.distribution);
  const hasRoom = open.bucketText + lengthOf(distribution) <= MOST_BUCKET_TEXT;
  if (hasRoom) open.bucketText += lengthOf(distribution);
  return {
    ...{ id, start, at, arrivedAt, sum },
    ...(count !== undefined && { count }),
    ...(distribution !== undefined && hasRoom && { distribution }),
  };
}

function lengthOf(text: string | undefined): number {
  return text?.length ?? 0;
}

/** Stores the changed rows of a resource, without forgotten streams. */
export async function saveResource(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  { resource, firstAt, rows }: OpenResource,
  project: Counted,
): Promise<void> {
  for (const { _id, at, streams: all, changed } of rows) {
    if (!changed) continue;
    const kept = all.filter(({ arrivedAt }) => arrivedAt > at - KEPT_MS);
    project.streams -= weightOf(all) - weightOf(kept);
    const row = { projectId, resource, firstAt, at, streams: kept };
    if (_id === null) await ctx.db.insert("streams", row);
    else await ctx.db.replace("streams", _id, row);
  }
}

/** Removes rows whose resource has exported nothing for a day. Returns their number. */
export async function removeOldStreams(ctx: MutationCtx, now: number): Promise<number> {
  const old = ofFirstProject(
    await ctx.db
      .query("streams")
      .withIndex("by_at", (q) => q.lt("at", now - KEPT_MS))
      .take(STEP),
  );
  const [first] = old;
  if (first === undefined) return 0;
  for (const { _id } of old) await ctx.db.delete("streams", _id);
  const overview = await openOverview(ctx, first.projectId);
  if (overview._id !== null) {
    const forgotten = old.reduce((sum, { streams }) => sum + weightOf(streams), 0);
    overview.streams = Math.max(0, overview.streams - forgotten);
    await saveOverview(ctx, first.projectId, overview, now);
  }
  return old.length;
}

/** Returns how many streams a row counts as: one without streams counts as one. */
function weightOf(streams: readonly Stream[]): number {
  return Math.max(1, streams.length);
}
