/** Stores the metrics that OpenTelemetry points became, so that they are listed like those of other batches. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { Metric } from "./batches.ts";
import type { DerivedMetric } from "./folding.ts";
import { groupBy } from "./groupBy.ts";

/** Metrics in a document: names of extreme length take more than 1 KB each. */
const MOST_METRICS = 500;

/**
 * Stores metrics in the documents of their batches. Metrics that do not fit, or whose batch is folded only
 * in part, get separate documents.
 *
 * @param batches - The batches of the transaction; the first `folded` of them are done.
 */
export async function saveDerived(
  ctx: MutationCtx,
  batches: readonly (Doc<"agentMetrics"> | null)[],
  folded: number,
  derived: readonly DerivedMetric[],
): Promise<void> {
  const byBatch = groupBy(derived, ({ batchId }) => batchId);
  for (const [index, batch] of batches.entries()) {
    if (batch === null || !("points" in batch)) continue;
    const { _id, projectId, at } = batch;
    const metrics = (byBatch.get(_id) ?? []).map(({ metric }) => metric);
    const chunks = chunksOf(metrics);
    if (index < folded)
      await ctx.db.patch("agentMetrics", _id, { points: undefined, metrics: chunks.shift() ?? [] });
    for (const chunk of chunks) {
      await ctx.db.insert("agentMetrics", { projectId, at, metrics: chunk, statuses: [] });
    }
  }
}

function chunksOf(metrics: readonly Metric[]): Metric[][] {
  const count = Math.ceil(metrics.length / MOST_METRICS);
  return Array.from({ length: count }, (_, i) => metrics.slice(i * MOST_METRICS, (i + 1) * MOST_METRICS));
}
