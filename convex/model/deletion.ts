/** Deletion of a project: access ends at once, its data is removed by a job. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { startJob } from "./jobs.ts";
import { findUse } from "./keyUses.ts";
import { membersOf } from "./memberships.ts";
import { removeAll } from "./retention.ts";

/** Rows in one step. Batches, and overviews of many agents, are large. */
const FEW = 40;
const MANY = 200;

const PREFIX = "project:";

/** Deletes a project and its memberships immediately, and starts the job that removes its data. */
export async function deleteProject(
  ctx: MutationCtx,
  actor: Doc<"users">,
  project: Doc<"projects">,
): Promise<void> {
  await ctx.db.delete("projects", project._id);
  for (const { _id } of await membersOf(ctx, project._id)) await ctx.db.delete("projectMembers", _id);
  await recordEvent(ctx, project.ownerId, "project_deleted", { actorId: actor._id, target: project.name });
  await startJob(ctx, PREFIX + project._id);
}

/** Returns the deleted project that a job is about; null for another job. */
export function projectOfJob(ctx: MutationCtx, job: string): Id<"projects"> | null {
  return job.startsWith(PREFIX) ? ctx.db.normalizeId("projects", job.slice(PREFIX.length)) : null;
}

/** Removes some rows of a deleted project, and returns their number. */
export async function removeRows(ctx: MutationCtx, projectId: Id<"projects">): Promise<number> {
  for (const next of tablesOf(ctx, projectId)) {
    const removed = await removeAll(ctx.db, await next());
    if (removed > 0) return removed;
  }
  return 0;
}

/** Returns the queries for a project's rows: API keys first, so that access ends first. */
function tablesOf(ctx: MutationCtx, projectId: Id<"projects">) {
  const { db } = ctx;
  return [
    async () => {
      const keys = await db
        .query("projectKeys")
        .withIndex("by_project", (q) => q.eq("projectId", projectId))
        .take(MANY);
      for (const { _id } of keys) {
        const use = await findUse(ctx, _id);
        if (use !== null) await db.delete("keyUses", use._id);
      }
      return keys;
    },
    ...(
      ["projectInvites", "projectViews", "pendingBatches", "compactors", "summaries", "drops"] as const
    ).map(
      (table) => () =>
        db
          .query(table)
          .withIndex("by_project", (q) => q.eq("projectId", projectId))
          .take(MANY),
    ),
    ...(["agents", "agentStates", "timeSeries"] as const).map(
      (table) => () =>
        db
          .query(table)
          .withIndex("by_name", (q) => q.eq("projectId", projectId))
          .take(MANY),
    ),
    () =>
      db
        .query("stats")
        .withIndex("by_series", (q) => q.eq("projectId", projectId))
        .take(MANY),
    ...(["latestMetrics", "ingestions"] as const).map(
      (table) => () =>
        db
          .query(table)
          .withIndex("by_project", (q) => q.eq("projectId", projectId))
          .take(MANY),
    ),
    ...(["overviews", "agentMetrics"] as const).map(
      (table) => () =>
        db
          .query(table)
          .withIndex("by_project", (q) => q.eq("projectId", projectId))
          .take(FEW),
    ),
  ];
}
