/**
 * Ingestion of metrics: API key, rate limit, idempotency key and storage in one transaction.
 *
 * Rejections are return values, not errors: an error would roll back the count of requests too.
 */
import { type Infer, v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { takeTurn } from "./ingestRate.ts";
import { findGoodKey, touchKey } from "./keys.ts";
import { noteLatest } from "./latest.ts";
import { metricIssues } from "./metricRules.ts";
import { type Point, pointFields } from "./points.ts";
import { addToRollups } from "./rollups.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long an idempotency key is remembered, in ms. */
export const IDEMPOTENCY_MS = DAY_MS;

/** A batch that the worker has parsed and checked for its form. `bodyHash` identifies the body. */
export const batchShape = v.object({
  metrics: v.array(v.object({ ...pointFields, at: v.optional(v.number()) })),
  idempotencyKey: v.optional(v.string()),
  bodyHash: v.string(),
});

export type Batch = Infer<typeof batchShape>;

export const ingestOutcomeShape = v.union(
  /** Stored, now or by an earlier request with the same idempotency key. */
  v.object({ outcome: v.literal("accepted"), accepted: v.number() }),
  /** Returned if no batch was given: the API key is valid and within its rate limit. */
  v.object({ outcome: v.literal("admitted") }),
  v.object({ outcome: v.literal("unauthenticated") }),
  v.object({ outcome: v.literal("rate_limited"), retryAfterMs: v.number() }),
  v.object({
    outcome: v.literal("invalid"),
    issues: v.array(v.object({ index: v.union(v.number(), v.null()), message: v.string() })),
  }),
  /** The idempotency key was used before with a different body. */
  v.object({ outcome: v.literal("conflict") }),
);

export type IngestOutcome = Infer<typeof ingestOutcomeShape>;

/**
 * Checks the API key, counts the request and stores the batch.
 *
 * @param keyHash - SHA-256 of the API key, in hex.
 * @param batch - The batch to store; undefined only checks the key.
 */
export async function ingest(
  ctx: MutationCtx,
  keyHash: string,
  batch: Batch | undefined,
): Promise<IngestOutcome> {
  const key = await findGoodKey(ctx, keyHash);
  if (key === null) return { outcome: "unauthenticated" };
  const turn = await takeTurn(ctx, key._id);
  if (!turn.ok) return { outcome: "rate_limited", retryAfterMs: turn.retryAfterMs };
  await touchKey(ctx, key);
  if (batch === undefined) return { outcome: "admitted" };

  const earlier = await findEarlier(ctx, key, batch);
  if (earlier !== null) {
    return earlier.bodyHash === batch.bodyHash
      ? { outcome: "accepted", accepted: earlier.accepted }
      : { outcome: "conflict" };
  }
  const now = Date.now();
  const issues = metricIssues(batch.metrics, now);
  if (issues.length > 0) return { outcome: "invalid", issues };
  const points = batch.metrics.map(({ at, ...metric }) => ({ ...metric, at: at ?? now }));
  await store(ctx, key.projectId, points);
  await rememberBatch(ctx, key, batch, now);
  return { outcome: "accepted", accepted: points.length };
}

async function store(ctx: MutationCtx, projectId: Doc<"projects">["_id"], points: Point[]): Promise<void> {
  for (const point of points) await ctx.db.insert("agentMetrics", { projectId, ...point });
  await addToRollups(ctx, projectId, points);
  await noteLatest(ctx, projectId, points);
}

/** Returns the project's batch of the last day with the same idempotency key, or null. */
async function findEarlier(ctx: MutationCtx, key: Doc<"projectKeys">, { idempotencyKey }: Batch) {
  if (idempotencyKey === undefined) return null;
  const row = await ctx.db
    .query("ingestions")
    .withIndex("by_project", (q) => q.eq("projectId", key.projectId).eq("idempotencyKey", idempotencyKey))
    .order("desc")
    .first();
  return row !== null && row.at > Date.now() - IDEMPOTENCY_MS ? row : null;
}

async function rememberBatch(
  ctx: MutationCtx,
  key: Doc<"projectKeys">,
  batch: Batch,
  now: number,
): Promise<void> {
  const { idempotencyKey, bodyHash, metrics } = batch;
  if (idempotencyKey === undefined) return;
  await ctx.db.insert("ingestions", {
    projectId: key.projectId,
    idempotencyKey,
    bodyHash,
    accepted: metrics.length,
    at: now,
  });
}
