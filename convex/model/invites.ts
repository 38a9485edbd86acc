/** Invitations: the first user who signs in with the invited, verified e-mail becomes a member. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { findMembership, insertMember } from "./memberships.ts";

/**
 * Turns every invitation of this user's e-mail into a membership. The caller must have checked that the
 * e-mail is verified.
 */
export async function acceptInvites(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  const invites = await ctx.db
    .query("projectInvites")
    .withIndex("by_email", (q) => q.eq("email", user.email))
    .take(500);
  for (const invite of invites) {
    await ctx.db.delete("projectInvites", invite._id);
    const project = await ctx.db.get("projects", invite.projectId);
    if (project === null) continue;
    if ((await findMembership(ctx, project._id, user._id)) === null)
      await insertMember(ctx, project, user._id);
  }
}

export async function findInvite(ctx: QueryCtx, projectId: Id<"projects">, email: string) {
  return await ctx.db
    .query("projectInvites")
    .withIndex("by_project", (q) => q.eq("projectId", projectId).eq("email", email))
    .unique();
}
