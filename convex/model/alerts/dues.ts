/** Due times: when agents have to be evaluated although nothing arrives. */
import { internal } from "../../_generated/api.js";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { MINUTE_MS } from "../buckets.ts";
import { groupBy } from "../groupBy.ts";

/** Agents that one run hands over to be evaluated. */
const MOST_DUE = 400;

/** Agents in one transaction. */
export const MOST_AT_ONCE = 40;

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
 * @param dueAt - Unix ms; null if only a report can change something.
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

/** Schedules the evaluation of agents now, some in each transaction. */
export async function evaluateSoon(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  agents: readonly string[],
): Promise<void> {
  for (let start = 0; start < agents.length; start += MOST_AT_ONCE) {
    await ctx.scheduler.runAfter(0, internal.alerting.evaluate, {
      projectId,
      agents: agents.slice(start, start + MOST_AT_ONCE),
    });
  }
}

/**
 * Schedules the evaluation of the agents that are due. An evaluation that fails is tried again a minute later.
 *
 * @returns Whether more may be due.
 */
export async function evaluateDue(ctx: MutationCtx, now: number): Promise<boolean> {
  const rows = await ctx.db
    .query("alertDues")
    .withIndex("by_due", (q) => q.lte("dueAt", now))
    .take(MOST_DUE);
  for (const { _id } of rows) await ctx.db.patch("alertDues", _id, { dueAt: now + MINUTE_MS });
  for (const [projectId, ofProject] of groupBy(rows, (row) => row.projectId)) {
    await evaluateSoon(
      ctx,
      projectId,
      ofProject.map(({ agent }) => agent),
    );
  }
  return rows.length === MOST_DUE;
}
