/** Background deletion: each step removes one batch and schedules the next until nothing is left. */
import { v } from "convex/values";
import { internal } from "./_generated/api.js";
import { internalMutation } from "./functions.ts";
import { purgeOld, purgeProject } from "./model/purge.ts";

export const project = internalMutation({
  args: { projectId: v.id("projects") },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    if (await purgeProject(ctx, projectId))
      await ctx.scheduler.runAfter(0, internal.purges.project, { projectId });
    return null;
  },
});

export const old = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    if (await purgeOld(ctx, Date.now())) await ctx.scheduler.runAfter(0, internal.purges.old, {});
    return null;
  },
});
