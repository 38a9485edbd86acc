/** Alert rules of a project: read by its members, managed by its owner and admins. */
import { v } from "convex/values";
import { viewerMutation, viewerQuery } from "./functions.ts";
import { ruleShape } from "./model/alerts/ruleShapes.ts";
import { createRule, listedRuleShape, listRules, removeRule } from "./model/alerts/ruleStore.ts";
import { addUsualRules } from "./model/alerts/usualRules.ts";
import { requireManagedProject, requireProject } from "./model/projects.ts";

/** Returns the rules, oldest first. */
export const list = viewerQuery({
  args: { projectId: v.string() },
  returns: v.array(listedRuleShape),
  handler: async (ctx, { projectId }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await listRules(ctx, project._id);
  },
});

/**
 * Creates a rule, and opens incidents for agents that breach it already. Calls with the same random value `once`
 * and the same rule create one.
 */
export const create = viewerMutation({
  args: { projectId: v.string(), rule: ruleShape, once: v.optional(v.string()) },
  returns: v.id("alertRules"),
  handler: async (ctx, { projectId, rule, once }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    return await createRule(ctx, ctx.user, project, rule, once);
  },
});

/** Removes a rule and closes its incidents. */
export const remove = viewerMutation({
  args: { ruleId: v.string() },
  returns: v.null(),
  handler: async (ctx, { ruleId }) => {
    await removeRule(ctx, ctx.user, ruleId);
    return null;
  },
});

/** Adds the rules that most projects want, with emails to the caller. Existing rules and channels stay. */
export const addUsual = viewerMutation({
  args: { projectId: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    await addUsualRules(ctx, ctx.user, await requireManagedProject(ctx, ctx.user, projectId));
    return null;
  },
});
