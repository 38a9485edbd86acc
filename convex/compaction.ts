/** Compaction: folds stored batches into what pages read. */
import { v } from "convex/values";
import { internal } from "./_generated/api.js";
import { internalMutation } from "./functions.ts";
import { restartStuck, runCompactor } from "./model/compactor.ts";
import { foldPending } from "./model/fold.ts";
import { openOverview, saveOverview } from "./model/overview.ts";
import { refreshZones as refresh } from "./model/zones.ts";

const projectId = v.id("projects");

const SUMMARIES_AT_ONCE = 200;

/** One run of a project's compactor. */
export const run = internalMutation({
  args: { projectId, generation: v.number(), unreported: v.boolean(), singly: v.number() },
  returns: v.null(),
  handler: async (ctx, args) => {
    await runCompactor(ctx, args);
    return null;
  },
});

/** Folds batches in a transaction within that of `run`, so that a failure undoes only these. */
export const fold = internalMutation({
  args: {
    projectId,
    pending: v.array(
      v.object({
        _id: v.id("pendingBatches"),
        batchId: v.id("agentMetrics"),
        keyId: v.id("projectKeys"),
        items: v.number(),
        from: v.optional(v.number()),
      }),
    ),
  },
  returns: v.object({ folded: v.number(), unreported: v.boolean() }),
  handler: async (ctx, { projectId, pending }) => await foldPending(ctx, projectId, pending),
});

/** Restarts compactors whose last run failed or got lost. */
export const watch = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await restartStuck(ctx);
    return null;
  },
});

/** Brings the sums of a project to the time zones of its members, step by step. */
export const refreshZones = internalMutation({
  args: { projectId, cursor: v.union(v.string(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { projectId, cursor }) => {
    const next = await refresh(ctx, projectId, cursor);
    if (next !== null) {
      await ctx.scheduler.runAfter(0, internal.compaction.refreshZones, { projectId, cursor: next });
    }
    return null;
  },
});

/** Updates the summary of a project when the muting of an agent, or an outage, has ended. */
export const summarize = internalMutation({
  args: { projectId },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    const overview = await openOverview(ctx, projectId);
    if (overview._id !== null) await saveOverview(ctx, projectId, overview, Date.now());
    return null;
  },
});

/** Updates the summaries of all projects after an outage, some projects at a time. */
export const summarizeAll = internalMutation({
  args: { cursor: v.union(v.string(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { cursor }) => {
    const page = await ctx.db.query("summaries").paginate({ cursor, numItems: SUMMARIES_AT_ONCE });
    for (const { projectId, nextSilentAt } of page.page) {
      if (nextSilentAt !== null) {
        await ctx.scheduler.runAfter(0, internal.compaction.summarize, { projectId });
      }
    }
    if (!page.isDone) {
      await ctx.scheduler.runAfter(0, internal.compaction.summarizeAll, { cursor: page.continueCursor });
    }
    return null;
  },
});
