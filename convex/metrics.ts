/** Agents' metrics: taken in from the worker, shown to the people of the project. */
import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { viewerListQuery, viewerQuery, workerMutation } from "./functions.ts";
import { batchShape, ingest as ingestBatch, ingestOutcomeShape } from "./model/ingestion.ts";
import { latestOf, latestShape, newestOf } from "./model/latest.ts";
import { lineOf, lineShape } from "./model/lines.ts";
import { pointShape, recentOf } from "./model/points.ts";
import { requireProject } from "./model/projects.ts";
import { bucketShape, rangeShape, seriesOf } from "./model/rollups.ts";

/**
 * One `POST /api/v1/metrics`, for the worker: the key (as its hash) is checked and counted, and the batch stored.
 * Without a batch only the former, so that the worker can answer a bad body in the right order.
 */
export const ingest = workerMutation({
  args: { keyHash: v.string(), batch: v.optional(batchShape) },
  returns: ingestOutcomeShape,
  handler: async (ctx, { keyHash, batch }) => await ingestBatch(ctx, keyHash, batch),
});

/** One metric's buckets for a chart, ascending. */
export const series = viewerQuery({
  args: { projectId: v.string(), agent: v.string(), name: v.string(), range: rangeShape },
  returns: v.array(bucketShape),
  handler: async (ctx, { projectId, agent, name, range }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await seriesOf(ctx, { projectId: project._id, agent, name }, range);
  },
});

/** Points as they were sent, newest first. */
export const recent = viewerListQuery({
  args: { projectId: v.string() },
  returns: paginationResultValidator(pointShape),
  handler: async (ctx, { projectId, paginationOpts }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await recentOf(ctx, project._id, paginationOpts);
  },
});

/** One project's tiles: the newest value of each metric. A live query of its own, so that one agent wakes one project. */
export const latest = viewerQuery({
  args: { projectId: v.string() },
  returns: v.array(latestShape),
  handler: async (ctx, { projectId }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await latestOf(ctx, project._id);
  },
});

/** A small line, live on its own: of the metric that is named, else of the project's newest; null where it has none. */
export const line = viewerQuery({
  args: { projectId: v.string(), agent: v.optional(v.string()), name: v.optional(v.string()) },
  returns: v.union(lineShape, v.null()),
  handler: async (ctx, { projectId, agent, name }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    if (agent !== undefined && name !== undefined) return await lineOf(ctx, project._id, { agent, name });
    return await lineOf(ctx, project._id, await newestOf(ctx, project._id));
  },
});
