/** Deletion of a project: access ends at once, its data is removed by a job. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { startJob } from "./jobs.ts";
import { removeKey } from "./keys.ts";
import { membersOf } from "./memberships.ts";
import { removeSome } from "./retention.ts";

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

const KEYS_AT_ONCE = 200;

/** Tables with an index of their project, other than that of API keys. */
const BY_PROJECT = [
  "projectInvites",
  "projectViews",
  "alertQueue",
  "alertRules",
  "alertChannels",
  "incidents",
  "alertDeliveries",
  "pendingBatches",
  "compactors",
  "summaries",
  "drops",
  "overviews",
  "latestMetrics",
  "ingestions",
  "agentMetrics",
] as const;

/** Tables whose index of agents begins with the project. */
const BY_AGENT = ["agents", "agentStates", "timeSeries"] as const;

/** Removes some rows of a deleted project, and returns their number. */
export async function removeRows(ctx: MutationCtx, projectId: Id<"projects">): Promise<number> {
  const { db } = ctx;
  // API keys first, so that access ends first.
  const keys = await removeKeys(ctx, projectId);
  if (keys > 0) return keys;
  for (const table of BY_PROJECT) {
    const rows = db.query(table).withIndex("by_project", (q) => q.eq("projectId", projectId));
    const removed = await removeSome(db, rows);
    if (removed > 0) return removed;
  }
  for (const table of BY_AGENT) {
    const rows = db.query(table).withIndex("by_name", (q) => q.eq("projectId", projectId));
    const removed = await removeSome(db, rows);
    if (removed > 0) return removed;
  }
  const dues = db.query("alertDues").withIndex("by_agent", (q) => q.eq("projectId", projectId));
  const removedDues = await removeSome(db, dues);
  if (removedDues > 0) return removedDues;
  const streams = db.query("streams").withIndex("by_resource", (q) => q.eq("projectId", projectId));
  const removedStreams = await removeSome(db, streams);
  if (removedStreams > 0) return removedStreams;
  return await removeSome(
    db,
    db.query("stats").withIndex("by_series", (q) => q.eq("projectId", projectId)),
  );
}

async function removeKeys({ db }: MutationCtx, projectId: Id<"projects">): Promise<number> {
  const keys = await db
    .query("projectKeys")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .take(KEYS_AT_ONCE);
  for (const { _id } of keys) await removeKey({ db }, _id);
  return keys.length;
}
