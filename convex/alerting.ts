/** Evaluation of alerts, by the scheduler. */
import { v } from "convex/values";
import { internal } from "./_generated/api.js";
import { internalMutation, workerQuery } from "./functions.ts";
import { stopDeliveries } from "./model/alerts/dropChannel.ts";
import { evaluateDue, evaluateQueued } from "./model/alerts/dues.ts";
import { evaluateAgents } from "./model/alerts/evaluate.ts";
import { closeByProject } from "./model/alerts/incidents.ts";
import { markIncidents } from "./model/alerts/marks.ts";
import { evaluatedAt, noteEvaluation } from "./model/alerts/outages.ts";

const projectId = v.id("projects");

/** Evaluates what is due. A cron. */
export const tick = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const now = Date.now();
    await noteEvaluation(ctx, now);
    if (await evaluateDue(ctx, now)) await ctx.scheduler.runAfter(0, internal.alerting.tick, {});
    return null;
  },
});

/** Evaluates agents of a project. */
export const evaluate = internalMutation({
  args: { queueId: v.id("alertQueue") },
  returns: v.null(),
  handler: async (ctx, { queueId }) => {
    const now = Date.now();
    await evaluateQueued(ctx, queueId, now, (projectId, agents) =>
      evaluateAgents(ctx, projectId, agents, now),
    );
    return null;
  },
});

/** Closes the incidents of an archived project and stops its messages, step by step. */
export const shut = internalMutation({
  args: { projectId },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    const project = await ctx.db.get("projects", projectId);
    if (project?.archivedAt === undefined) return null;
    const now = Date.now();
    const closed = await closeByProject(ctx, projectId, now);
    await markIncidents(ctx, projectId, closed.agents, now);
    const isWaiting = await stopDeliveries(ctx, projectId);
    if (closed.isMore || isWaiting) await ctx.scheduler.runAfter(0, internal.alerting.shut, { projectId });
    return null;
  },
});

/** Returns when alerts were last evaluated, for a monitor of this installation. */
export const health = workerQuery({
  args: {},
  returns: v.object({ evaluatedAt: v.union(v.number(), v.null()) }),
  handler: async (ctx) => ({ evaluatedAt: await evaluatedAt(ctx) }),
});
