/** Metrics of agents: ingestion from the worker, queries for project members. */
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
 * Handles one `POST /api/v1/metrics`: checks and counts the API key (by its hash), then stores the batch.
 * Without a batch it only checks and counts, so that the worker can reject an invalid body after the key.
 */
export const ingest = workerMutation({
  args: { keyHash: v.string(), batch: v.optional(batchShape) },
  returns: ingestOutcomeShape,
  handler: async (ctx, { keyHash, batch }) => await ingestBatch(ctx, keyHash, batch),
});

/** Returns the buckets of one time series for a chart, ascending. */
export const series = viewerQuery({
  args: { projectId: v.string(), agent: v.string(), name: v.string(), range: rangeShape },
  returns: v.array(bucketShape),
  handler: async (ctx, { projectId, agent, name, range }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await seriesOf(ctx, { projectId: project._id, agent, name }, range);
  },
});

/** Returns one page of the points as they were sent, newest first. */
export const recent = viewerListQuery({
  args: { projectId: v.string() },
  returns: paginationResultValidator(pointShape),
  handler: async (ctx, { projectId, paginationOpts }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await recentOf(ctx, project._id, paginationOpts);
  },
});

/**
 * Returns the newest value of each time series of one project. A separate live query for each project, so
 * that an update of one agent re-runs the query of one project only.
 */
export const latest = viewerQuery({
  args: { projectId: v.string() },
  returns: v.array(latestShape),
  handler: async (ctx, { projectId }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await latestOf(ctx, project._id);
  },
});

/**
 * Returns the sparkline of one time series, or of the project's newest if none is named; null if the project
 * has no metrics.
 */
export const line = viewerQuery({
  args: { projectId: v.string(), agent: v.optional(v.string()), name: v.optional(v.string()) },
  returns: v.union(lineShape, v.null()),
  handler: async (ctx, { projectId, agent, name }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    if (agent !== undefined && name !== undefined) return await lineOf(ctx, project._id, { agent, name });
    return await lineOf(ctx, project._id, await newestOf(ctx, project._id));
  },
});
