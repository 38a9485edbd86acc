/** Views of projects by admins who are not members, for the audit log. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { HOUR_MS } from "./intervals.ts";
import { requireProject } from "./projects.ts";

/**
 * Records that an admin opened a project of which they are not a member, at most once an hour.
 *
 * @throws `not_found` as `requireProject`.
 */
export async function recordProjectView(
  ctx: MutationCtx,
  admin: Doc<"users">,
  sentId: string,
): Promise<void> {
  const { project, membership } = await requireProject(ctx, admin, sentId);
  if (membership !== null) return;
  const projectId = project._id;
  const row = await ctx.db
    .query("projectViews")
    .withIndex("by_project", (q) => q.eq("projectId", projectId).eq("adminId", admin._id))
    .unique();
  const at = Date.now();
  if (row !== null && at - row.at < HOUR_MS) return;
  if (row === null) await ctx.db.insert("projectViews", { projectId, adminId: admin._id, at });
  else await ctx.db.patch("projectViews", row._id, { at });
  await recordEvent(ctx, project.ownerId, "project_viewed", { actorId: admin._id, target: project.name });
}
