/** Metrics of agents: ingestion from the worker, queries for project members. */
import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { viewerListQuery, viewerQuery, workerMutation } from "./functions.ts";
import { listedPointShape, recentOf } from "./model/batches.ts";
import { bucketShape, chartOf, rangeShape, requireUntil } from "./model/charts.ts";
import { batchShape, ingest as ingestBatch, ingestOutcomeShape } from "./model/ingestion.ts";
import { timeZoneOf } from "./model/preferences.ts";
import { requireProject } from "./model/projects.ts";
import { rejection } from "./model/rejection.ts";
import { totalShape, totalsOf } from "./model/totals.ts";

/**
 * Stores one request of an agent: checks the API key (by its hash), then appends the batch. Without a batch it
 * only checks, so that the worker can reject an invalid body after the key.
 */
export const ingest = workerMutation({
  args: {
    keyHash: v.string(),
    /** Path of the request. Absent in calls of a worker that has only one. */
    path: v.optional(v.string()),
    batch: v.optional(batchShape),
  },
  returns: ingestOutcomeShape,
  handler: async (ctx, { keyHash, path = "/api/v1/metrics", batch }) =>
    await ingestBatch(ctx, keyHash, path, batch),
});

/** Returns the buckets of one time series for a chart, ascending. */
export const series = viewerQuery({
  args: {
    projectId: v.string(),
    agent: v.string(),
    name: v.string(),
    range: rangeShape,
    until: v.optional(v.number()),
  },
  returns: v.array(bucketShape),
  handler: async (ctx, { projectId, agent, name, range, until }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    const end = requireUntil(until);
    const buckets = await chartOf(ctx, { projectId: project._id, agent, name }, range, end);
    if (buckets === null) throw rejection("not_found", "There is no such time series.");
    return buckets;
  },
});

/**
 * Returns one page of the points as they were sent, in the order of arrival, newest first. With an agent, only
 * of this agent; such a page may have fewer points than asked for.
 */
export const recent = viewerListQuery({
  args: { projectId: v.string(), agent: v.optional(v.string()) },
  returns: paginationResultValidator(listedPointShape),
  handler: async (ctx, { projectId, agent, paginationOpts }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await recentOf(ctx, project._id, paginationOpts, agent);
  },
});

/** Returns the sums of the counters and histograms of a project: today, and in the last 7 and 30 days. */
export const totals = viewerQuery({
  args: { projectId: v.string(), until: v.optional(v.number()) },
  returns: v.array(totalShape),
  handler: async (ctx, { projectId, until }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await totalsOf(ctx, project._id, requireUntil(until), await timeZoneOf(ctx, ctx.user._id));
  },
});
