/** Stored alert rules of a project. */
import { type Infer, v } from "convex/values";
import { addFieldsToValidator } from "convex-helpers/validators";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { recordEvent } from "../audit.ts";
import { findMade, rememberMade, submissionOf } from "../once.ts";
import { findOverview } from "../overview.ts";
import { requireManagedProject } from "../projects.ts";
import { rejection } from "../rejection.ts";
import { evaluateSoon } from "./dues.ts";
import { closeByRule } from "./incidents.ts";
import { markIncidents } from "./marks.ts";
import { ruleShape } from "./ruleShapes.ts";
import { isSameRule, type Rule, ruleOf, ruleProblem } from "./rules.ts";

const MOST_RULES = 50;

export const listedRuleShape = addFieldsToValidator(ruleShape, {
  _id: v.id("alertRules"),
  createdAt: v.number(),
});

export type ListedRule = Infer<typeof listedRuleShape>;

/** Returns the rules of a project, oldest first. */
export async function rulesOf(ctx: QueryCtx, projectId: Id<"projects">): Promise<Doc<"alertRules">[]> {
  return await ctx.db
    .query("alertRules")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .take(MOST_RULES);
}

export async function listRules(ctx: QueryCtx, projectId: Id<"projects">): Promise<ListedRule[]> {
  const rules = await rulesOf(ctx, projectId);
  return rules.map((rule) => ({ _id: rule._id, createdAt: rule.createdAt, ...ruleOf(rule) }));
}

/**
 * Creates a rule. Opens incidents for agents that breach it already.
 *
 * @param once - Random value of the form, which makes one rule however often it is submitted at a time.
 * @throws `invalid` if a value breaks a rule; `conflict` if the project has the same rule; `limit_reached` if
 *   it has as many rules as it may have.
 */
export async function createRule(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  sent: Rule,
  once?: string,
): Promise<Id<"alertRules">> {
  const problem = ruleProblem(sent);
  if (problem !== null) throw rejection("invalid", problem);
  const rule = ruleOf(sent);
  const submission = await submissionOf(user._id, once, "rule", project._id, rule);
  const made = await findMade(ctx, "alertRules", submission);
  if (made !== null) return made._id;
  const rules = await rulesOf(ctx, project._id);
  if (rules.some((one) => isSameRule(one, rule))) {
    throw rejection("conflict", "This project has the same rule already.");
  }
  if (rules.length >= MOST_RULES) {
    throw rejection("limit_reached", `A project has at most ${MOST_RULES} rules. Remove one first.`);
  }
  const now = Date.now();
  const fields = { projectId: project._id, createdAt: now, ...rule };
  const ruleId = await ctx.db.insert("alertRules", fields);
  await rememberMade(ctx, submission, ruleId);
  const overview = await findOverview(ctx, project._id);
  const known = (overview?.agents ?? []).map(({ agent }) => agent);
  const agents = rule.agent === null ? known : known.filter((agent) => agent === rule.agent);
  await evaluateSoon(ctx, project._id, agents, now);
  await recordEvent(ctx, project.ownerId, "alert_rule_created", {
    actorId: user._id,
    target: rule.agent ?? "all agents",
  });
  return ruleId;
}

/**
 * Removes a rule and closes its incidents.
 *
 * @throws `not_found` if the user may not see the rule's project or there is no such rule; `forbidden` for a
 *   member who is not the owner.
 */
export async function removeRule(ctx: MutationCtx, user: Doc<"users">, ruleId: string): Promise<void> {
  const id = ctx.db.normalizeId("alertRules", ruleId);
  const rule = id === null ? null : await ctx.db.get("alertRules", id);
  if (rule === null) throw rejection("not_found", "There is no such rule.");
  const project = await requireManagedProject(ctx, user, rule.projectId);
  await ctx.db.delete("alertRules", rule._id);
  const now = Date.now();
  await markIncidents(ctx, project._id, await closeByRule(ctx, rule._id, now), now);
  await recordEvent(ctx, project.ownerId, "alert_rule_removed", {
    actorId: user._id,
    target: rule.agent ?? "all agents",
  });
}
