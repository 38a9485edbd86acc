/**
 * Ingestion of metrics and statuses: one short transaction that appends. It checks the API key and the
 * idempotency key, stores the batch as it was sent, and wakes the compactor. It reads nothing that another
 * request of the project writes.
 *
 * Rejections are return values, so that the worker can answer them in the order of its checks.
 */
import { type Infer, v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { metricShape, statusShape } from "./batches.ts";
import { enqueue } from "./compactor.ts";
import { warningShape, warningsOf } from "./drops.ts";
import { DAY_MS, MINUTE_MS } from "./intervals.ts";
import { findKey } from "./keys.ts";
import { batchIssues, cleanMessage } from "./metricRules.ts";

/** How long an idempotency key is remembered, and the body of an OpenTelemetry request, in ms. */
const IDEMPOTENCY_MS = DAY_MS;
const SAME_BODY_MS = 10 * MINUTE_MS;

/** A batch that the worker has parsed and checked for its form. `bodyHash` identifies the body. */
export const batchShape = v.object({
  metrics: v.array(metricShape),
  /** Absent in calls of a worker from before statuses. */
  statuses: v.optional(v.array(statusShape)),
  /** Of an OpenTelemetry request: its points as texts. Its metrics are empty, and its body identifies it. */
  points: v.optional(v.array(v.object({ text: v.string(), count: v.number() }))),
  idempotencyKey: v.optional(v.string()),
  bodyHash: v.string(),
});

export type Batch = Infer<typeof batchShape>;

const issueShape = v.object({
  list: v.union(v.literal("metrics"), v.literal("statuses"), v.null()),
  index: v.union(v.number(), v.null()),
  message: v.string(),
});

export const ingestOutcomeShape = v.union(
  /** Stored, now or by an earlier request with the same idempotency key. */
  v.object({ outcome: v.literal("accepted"), accepted: v.number(), warnings: v.array(warningShape) }),
  /** Returned if no batch was given: the API key is valid. */
  v.object({ outcome: v.literal("admitted") }),
  v.object({ outcome: v.literal("unauthenticated") }),
  /** The API key is valid, and its project is archived. */
  v.object({ outcome: v.literal("archived") }),
  /** The API key is valid for reading only. */
  v.object({ outcome: v.literal("forbidden") }),
  v.object({ outcome: v.literal("invalid"), issues: v.array(issueShape) }),
  /** The idempotency key was used before with a different body. */
  v.object({ outcome: v.literal("conflict") }),
);

export type IngestOutcome = Infer<typeof ingestOutcomeShape>;

/**
 * Checks the API key and stores the batch.
 *
 * @param keyHash - SHA-256 of the API key, in hex.
 * @param path - The path of the request; an idempotency key belongs to it.
 * @param batch - The batch to store; undefined only checks the key.
 */
export async function ingest(
  ctx: MutationCtx,
  keyHash: string,
  path: string,
  batch: Batch | undefined,
): Promise<IngestOutcome> {
  const now = Date.now();
  const found = await findKey(ctx, keyHash, now);
  if (found === null) return { outcome: "unauthenticated" };
  const { key, project } = found;
  if (project.archivedAt !== undefined) return { outcome: "archived" };
  if (key.scope === "read") return { outcome: "forbidden" };
  if (batch === undefined) return { outcome: "admitted" };

  const warnings = await warningsOf(ctx, project._id, now);
  const given = batch.points === undefined ? batch.idempotencyKey : batch.bodyHash;
  const idempotencyKey = given === undefined ? undefined : JSON.stringify([path, given]);
  const since = now - (batch.points === undefined ? IDEMPOTENCY_MS : SAME_BODY_MS);
  const earlier = await findEarlier(ctx, project, idempotencyKey, since);
  if (earlier !== null) {
    return earlier.bodyHash === batch.bodyHash
      ? { outcome: "accepted", accepted: countItems(earlier), warnings }
      : { outcome: "conflict" };
  }
  const issues = batch.points === undefined ? batchIssues(batch, now, true) : [];
  if (issues.length > 0) return { outcome: "invalid", issues };
  await store(ctx, key, batch, idempotencyKey, now);
  return { outcome: "accepted", accepted: countItems(batch) + countPoints(batch), warnings };
}

async function store(
  ctx: MutationCtx,
  { _id: keyId, projectId }: Doc<"projectKeys">,
  batch: Batch,
  idempotencyKey: string | undefined,
  at: number,
): Promise<void> {
  const statuses = (batch.statuses ?? []).map(({ message, ...status }) => ({
    ...status,
    ...(message !== undefined && { message: cleanMessage(message) }),
  }));
  const [points, ...more] = batch.points ?? [];
  const batchId = await ctx.db.insert("agentMetrics", {
    ...{ projectId, at, metrics: batch.metrics, statuses },
    ...(points !== undefined && { points: points.text }),
    ...(idempotencyKey !== undefined && { idempotencyKey, bodyHash: batch.bodyHash }),
  });
  const items = countItems(batch) + (points?.count ?? 0);
  const textLength = points?.text.length;
  await enqueue(
    ctx,
    { projectId, batchId, keyId, items, ...(textLength !== undefined && { textLength }) },
    at,
  );
  // Only the largest OpenTelemetry requests take more than one document.
  for (const { text, count } of more) {
    const row = { projectId, at, metrics: [], statuses: [], points: text };
    const moreId = await ctx.db.insert("agentMetrics", row);
    await enqueue(ctx, { projectId, batchId: moreId, keyId, items: count, textLength: text.length }, at);
  }
}

/** Returns the project's batch since a time with the same idempotency key, or null. */
async function findEarlier(
  ctx: MutationCtx,
  { _id }: Doc<"projects">,
  idempotencyKey: string | undefined,
  since: number,
) {
  if (idempotencyKey === undefined) return null;
  const row = await ctx.db
    .query("agentMetrics")
    .withIndex("by_idempotency_key", (q) => q.eq("projectId", _id).eq("idempotencyKey", idempotencyKey))
    .order("desc")
    .first();
  return row !== null && "metrics" in row && row.at > since ? row : null;
}

function countItems({ metrics, statuses = [] }: Pick<Batch, "metrics" | "statuses">): number {
  return metrics.length + statuses.length;
}

function countPoints({ points = [] }: Batch): number {
  return points.reduce((sum, { count }) => sum + count, 0);
}
