/** Invitations: a project waits for an e-mail, and whoever first signs in with it, verified, becomes a member. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

/** Turns every invitation to this person's e-mail into a membership. The caller has seen that it is verified. */
export async function acceptInvites(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  const invites = await ctx.db
    .query("projectInvites")
    .withIndex("by_email", (q) => q.eq("email", user.email))
    .take(500);
  for (const invite of invites) {
    await ctx.db.delete("projectInvites", invite._id);
    const project = await ctx.db.get("projects", invite.projectId);
    if (project === null) continue;
    const already = await ctx.db
      .query("projectMembers")
      .withIndex("by_project", (q) => q.eq("projectId", project._id).eq("userId", user._id))
      .first();
    if (already !== null) continue;
    await ctx.db.insert("projectMembers", {
      projectId: project._id,
      userId: user._id,
      role: "member",
      projectCreatedAt: project.createdAt,
    });
  }
}
