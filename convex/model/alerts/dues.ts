/** Due times: when agents are evaluated although nothing arrives. */
import { internal } from "../../_generated/api.js";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { groupBy } from "../groupBy.ts";
import { MINUTE_MS } from "../intervals.ts";

/** Maximum number of agents that one run schedules. */
const MOST_DUE = 400;

/** Maximum number of agents in one transaction. */
const MOST_AT_ONCE = 40;

/** Time after which an evaluation that has not ended counts as lost, in ms. */
const LOST_MS = MINUTE_MS;

async function findDue(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  agent: string,
): Promise<Doc<"alertDues"> | null> {
  return await ctx.db
    .query("alertDues")
    .withIndex("by_agent", (q) => q.eq("projectId", projectId).eq("agent", agent))
    .unique();
}

/**
 * Sets when an agent is evaluated next.
 *
 * @param dueAt - Unix ms; null if only a report can change the judgment.
 */
export async function setDue(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  agent: string,
  dueAt: number | null,
): Promise<void> {
  const row = await findDue(ctx, projectId, agent);
  if (dueAt === null) {
    if (row !== null) await ctx.db.delete("alertDues", row._id);
  } else if (row === null) {
    await ctx.db.insert("alertDues", { projectId, agent, dueAt });
  } else if (row.dueAt !== dueAt) {
    await ctx.db.patch("alertDues", row._id, { dueAt });
  }
}

/** Schedules the evaluation of agents now. One that fails or gets lost is started again a minute later. */
export async function evaluateSoon(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  agents: readonly string[],
  now: number,
): Promise<void> {
  if (agents.length === 0) return;
  const row = { projectId, agents: [...agents], dueAt: now + LOST_MS };
  const queueId = await ctx.db.insert("alertQueue", row);
  await ctx.scheduler.runAfter(0, internal.alerting.evaluate, { queueId });
}

/**
 * Takes the first agents of a queue row. The others are evaluated by the next run, in another transaction.
 *
 * @param evaluate - Evaluates some agents; returns how many of them.
 */
export async function evaluateQueued(
  ctx: MutationCtx,
  queueId: Id<"alertQueue">,
  now: number,
  evaluate: (projectId: Id<"projects">, agents: readonly string[]) => Promise<number>,
): Promise<void> {
  const row = await ctx.db.get("alertQueue", queueId);
  if (row === null) return;
  const done = await evaluate(row.projectId, row.agents.slice(0, MOST_AT_ONCE));
  const agents = row.agents.slice(done);
  if (agents.length === 0) {
    await ctx.db.delete("alertQueue", queueId);
    return;
  }
  await ctx.db.patch("alertQueue", queueId, { agents, dueAt: now + LOST_MS });
  await ctx.scheduler.runAfter(0, internal.alerting.evaluate, { queueId });
}

/**
 * Schedules the evaluation of the agents that are due, and of those whose evaluation was lost.
 *
 * @returns Whether more may be due.
 */
export async function evaluateDue(ctx: MutationCtx, now: number): Promise<boolean> {
  const lost = await ctx.db
    .query("alertQueue")
    .withIndex("by_due", (q) => q.lte("dueAt", now))
    .take(MOST_DUE);
  for (const { _id } of lost) {
    await ctx.db.patch("alertQueue", _id, { dueAt: now + LOST_MS });
    await ctx.scheduler.runAfter(0, internal.alerting.evaluate, { queueId: _id });
  }
  const rows = await ctx.db
    .query("alertDues")
    .withIndex("by_due", (q) => q.lte("dueAt", now))
    .take(MOST_DUE);
  // The evaluation sets the next time.
  for (const { _id } of rows) await ctx.db.delete("alertDues", _id);
  for (const [projectId, ofProject] of groupBy(rows, (row) => row.projectId)) {
    const agents = ofProject.map(({ agent }) => agent);
    await evaluateSoon(ctx, projectId, agents, now);
  }
  return rows.length === MOST_DUE;
}
