/** Batches: the items of one request, kept for 30 days. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { Summary } from "./buckets.ts";
import { type Kind, kindShape } from "./kinds.ts";
import { stateShape } from "./overview.ts";
import { MAX_ITEMS } from "./paging.ts";
import { rejection } from "./rejection.ts";

const summaryShape = v.object({ count: v.number(), sum: v.number(), min: v.number(), max: v.number() });

/** A point as it was sent; `at` is Unix ms, absent for the time of arrival. */
export const metricShape = v.object({
  agent: v.string(),
  name: v.string(),
  /** A gauge if absent. */
  kind: v.optional(kindShape),
  /** Of a histogram, its mean. */
  value: v.number(),
  /** What a histogram summarizes. */
  histogram: v.optional(summaryShape),
  at: v.optional(v.number()),
});

export type Metric = Infer<typeof metricShape>;

/** A reported state as it was sent; without a state it is a ping. */
export const statusShape = v.object({
  agent: v.string(),
  state: v.optional(stateShape),
  message: v.optional(v.string()),
  at: v.optional(v.number()),
});

export type Status = Infer<typeof statusShape>;

export const batchFields = {
  /** Time of arrival in Unix ms. */
  at: v.number(),
  metrics: v.array(metricShape),
  statuses: v.array(statusShape),
  /** OpenTelemetry points that the compactor has not turned into metrics yet. */
  points: v.optional(v.string()),
  /** Path and `Idempotency-Key` of the request, if it had one, and the hash of its body. */
  idempotencyKey: v.optional(v.string()),
  bodyHash: v.optional(v.string()),
};

/** A point in a list of a project's events. */
export const listedPointShape = v.object({
  _id: v.string(),
  agent: v.string(),
  name: v.string(),
  kind: kindShape,
  value: v.number(),
  at: v.number(),
});

export type ListedPoint = Infer<typeof listedPointShape>;

/** Returns the kind of a metric. The default is a gauge. */
export function kindOf({ kind }: { kind?: Kind | undefined }): Kind {
  return kind ?? "gauge";
}

/** Returns the values of a metric as a summary. A single value is a summary of one. */
export function summaryOf({ value, histogram }: Metric): Summary {
  return histogram ?? { count: 1, sum: value, min: value, max: value };
}

/** Returns the points of a batch. A row written before batches existed is one point. */
export function metricsIn(batch: Doc<"agentMetrics">): (Metric & { at: number })[] {
  if (!("metrics" in batch)) {
    const { agent, name, value, at } = batch;
    return [{ agent, name, value, at }];
  }
  return batch.metrics.map((metric) => ({ ...metric, at: metric.at ?? batch.at }));
}

/** A position in a list of points: the next one is `index` of the batch, counted from its end. */
type Position = { time: number; batchId: string; index: number };

/** A page of one agent's points looks at this many of the project's, so it may have fewer than asked for. */
const MOST_LOOKED_AT = 5_000;

/**
 * Returns one page of the project's points in the order of arrival, newest first. Its size is fixed: a live
 * page shows the newest points and does not grow.
 *
 * @param agent - Returns only the points of this agent.
 * @throws `invalid` if the cursor does not belong to such a list.
 */
export async function recentOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  { numItems, cursor, endCursor }: PaginationOptions,
  agent?: string,
): Promise<PaginationResult<ListedPoint>> {
  const start = cursor === null ? null : readCursor(cursor);
  const end = endCursor ? readCursor(endCursor) : null;
  const page: ListedPoint[] = [];
  let reached = start === null;
  let left = agent === undefined ? Number.POSITIVE_INFINITY : MOST_LOOKED_AT;
  const newestFirst = ctx.db
    .query("agentMetrics")
    .withIndex("by_project", (q) => {
      const ofProject = q.eq("projectId", projectId);
      return start === null ? ofProject : ofProject.lte("_creationTime", start.time);
    })
    .order("desc");
  for await (const batch of newestFirst) {
    if (start !== null && batch._creationTime < start.time) reached = true;
    const first = start?.batchId === batch._id ? start.index : 0;
    if (start?.batchId === batch._id) reached = true;
    if (!reached) continue;
    const points = metricsIn(batch).reverse();
    for (let index = first; index < points.length; index++) {
      const point = points[index];
      if (point === undefined) break;
      const isEnd =
        end === null
          ? page.length === numItems || left === 0
          : batch._creationTime < end.time ||
            (batch._id === end.batchId && index === end.index) ||
            page.length > MAX_ITEMS; // such a page is rejected, so its rest is not read
      if (isEnd) {
        const continueCursor = writeCursor({ time: batch._creationTime, batchId: batch._id, index });
        return { page, isDone: false, continueCursor };
      }
      left -= 1;
      if (agent !== undefined && point.agent !== agent) continue;
      const { name, value, at } = point;
      const position = points.length - 1 - index;
      const _id = `${batch._id}:${position}`;
      page.push({ _id, agent: point.agent, name, kind: kindOf(point), value, at });
    }
  }
  return { page, isDone: true, continueCursor: writeCursor({ time: 0, batchId: "", index: 0 }) };
}

function writeCursor({ time, batchId, index }: Position): string {
  return JSON.stringify([time, batchId, index]);
}

function readCursor(cursor: string): Position {
  try {
    const parsed: unknown = JSON.parse(cursor);
    if (Array.isArray(parsed) && parsed.length === 3) {
      const [time, batchId, index] = parsed as unknown[];
      const isIndex = Number.isSafeInteger(index) && (index as number) >= 0;
      if (typeof time === "number" && typeof batchId === "string" && isIndex) {
        return { time, batchId, index: index as number };
      }
    }
  } catch {
    // Not JSON; rejected below.
  }
  throw rejection("invalid", "There is no such page of this list.");
}
