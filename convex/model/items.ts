/** Items of batches in the order in which they are folded. */
import type { Doc, Id } from "../_generated/dataModel";
import { type Metric, metricsIn, type Status } from "./batches.ts";
import { type Point, unpackPoints } from "./points.ts";

/** One item of a batch, with the time at which the batch arrived in Unix ms. */
export type Item = { arrivedAt: number } & (
  | { metric: Metric & { at: number } }
  | { status: Status }
  | { point: Point; batchId: Id<"agentMetrics"> }
);

/** Returns the items of a batch in their order: metrics or OpenTelemetry points, then statuses. */
export function itemsOf(batch: Doc<"agentMetrics">): Item[] {
  const { _id: batchId, at: arrivedAt } = batch;
  const statuses = "statuses" in batch ? batch.statuses.map((status) => ({ status, arrivedAt })) : [];
  const points = "points" in batch && batch.points !== undefined ? unpackPoints(batch.points) : null;
  return points === null
    ? [...metricsIn(batch).map((metric) => ({ metric, arrivedAt })), ...statuses]
    : [...points.map((point) => ({ point, batchId, arrivedAt })), ...statuses];
}

/** Returns the agent of an item, and its time series unless it is a status. */
export function subjectOf(item: Item): { agent: string; name?: string } {
  if ("point" in item) return item.point;
  return "metric" in item ? item.metric : item.status;
}
