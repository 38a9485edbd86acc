/** Deletion of a project: access ends at once, its data is removed by a job. */
import type { Doc, Id, TableNames } from "../_generated/dataModel";
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
  // API keys first, so that access ends first.
  const keys = await removeKeys(ctx, projectId);
  if (keys > 0) return keys;
  for (const rows of rowsOf(ctx, projectId)) {
    const removed = await removeSome(ctx.db, rows);
    if (removed > 0) return removed;
  }
  return 0;
}

/** Returns the rows of a project other than its API keys, table by table. */
function rowsOf({ db }: MutationCtx, projectId: Id<"projects">): AsyncIterable<Doc<TableNames>>[] {
  return [
    ...BY_PROJECT.map((table) =>
      db.query(table).withIndex("by_project", (q) => q.eq("projectId", projectId)),
    ),
    ...BY_AGENT.map((table) => db.query(table).withIndex("by_name", (q) => q.eq("projectId", projectId))),
    db.query("alertDues").withIndex("by_agent", (q) => q.eq("projectId", projectId)),
    db.query("streams").withIndex("by_resource", (q) => q.eq("projectId", projectId)),
    db.query("stats").withIndex("by_series", (q) => q.eq("projectId", projectId)),
  ];
}

async function removeKeys({ db }: MutationCtx, projectId: Id<"projects">): Promise<number> {
  const keys = await db
    .query("projectKeys")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .take(KEYS_AT_ONCE);
  for (const { _id } of keys) await removeKey({ db }, _id);
  return keys.length;
}
