/**
 * What `POST /api/v1/metrics` means here: whose key it is, whether it is too fast, whether it came before, and the
 * points themselves, all in one transaction, so that what is answered is what is stored.
 *
 * Refusals are answers and not errors: an error would undo the count of requests too.
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

/** How long the same `Idempotency-Key` is the same request. */
export const IDEMPOTENCY_MS = DAY_MS;

/** A body that the worker has read and found well-formed; `bodyHash` tells two bodies apart. */
export const batchShape = v.object({
  metrics: v.array(v.object({ ...pointFields, at: v.optional(v.number()) })),
  idempotencyKey: v.optional(v.string()),
  bodyHash: v.string(),
});

export type Batch = Infer<typeof batchShape>;

export const ingestOutcomeShape = v.union(
  /** Stored, now or when it first came. */
  v.object({ outcome: v.literal("accepted"), accepted: v.number() }),
  /** The key is good and not too fast, and no batch was given: the worker may say what is wrong with the body. */
  v.object({ outcome: v.literal("admitted") }),
  v.object({ outcome: v.literal("unauthenticated") }),
  v.object({ outcome: v.literal("rate_limited"), retryAfterMs: v.number() }),
  v.object({
    outcome: v.literal("invalid"),
    issues: v.array(v.object({ index: v.union(v.number(), v.null()), message: v.string() })),
  }),
  /** The `Idempotency-Key` came before, with another body. */
  v.object({ outcome: v.literal("conflict") }),
);

export type IngestOutcome = Infer<typeof ingestOutcomeShape>;

/** @param keyHash SHA-256 of the key, in hex. */
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

/** @returns The same project's batch with the same `Idempotency-Key`, if it came within a day. */
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
