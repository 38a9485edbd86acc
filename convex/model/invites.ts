/** Invitations: the first user who signs in with the invited, verified e-mail becomes a member. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { normalizeEmail } from "./input.ts";
import {
  findMembership,
  insertMember,
  MOST_MEMBERS,
  MOST_PROJECTS,
  membershipsOf,
  membersOf,
} from "./memberships.ts";
import { rejection } from "./rejection.ts";

const MOST_INVITES = 200;

/**
 * Turns every invitation of this user's e-mail into a membership. The caller must have checked that the
 * e-mail is verified.
 */
export async function acceptInvites(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  const invites = await ctx.db
    .query("projectInvites")
    .withIndex("by_email", (q) => q.eq("email", user.email))
    .take(MOST_PROJECTS);
  if (invites.length === 0) return;
  let room = MOST_PROJECTS - (await membershipsOf(ctx, user._id)).length;
  for (const invite of invites) {
    const project = await ctx.db.get("projects", invite.projectId);
    const isMember = (await findMembership(ctx, invite.projectId, user._id)) !== null;
    if (project !== null && !isMember) {
      // The invitation waits until there is room.
      if (room <= 0 || (await membersOf(ctx, project._id)).length >= MOST_MEMBERS) continue;
      await insertMember(ctx, project, user._id);
      await recordEvent(ctx, user._id, "member_added", { actorId: invite.invitedBy, target: project.name });
      room -= 1;
    }
    await ctx.db.delete("projectInvites", invite._id);
  }
}

/**
 * Checks that a project may get another invitation.
 *
 * @throws `limit_reached` if the project has as many pending invitations as it may have.
 */
export async function requireRoomForInvite(ctx: QueryCtx, projectId: Id<"projects">): Promise<void> {
  const pending = await ctx.db
    .query("projectInvites")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .take(MOST_INVITES);
  if (pending.length >= MOST_INVITES) {
    const message = `A project has at most ${MOST_INVITES} pending invitations. Withdraw one first.`;
    throw rejection("limit_reached", message);
  }
}

/** Returns whether any project invites an e-mail. */
export async function isInvited(ctx: QueryCtx, email: string): Promise<boolean> {
  const invite = await ctx.db
    .query("projectInvites")
    .withIndex("by_email", (q) => q.eq("email", normalizeEmail(email)))
    .first();
  return invite !== null;
}

export async function findInvite(ctx: QueryCtx, projectId: Id<"projects">, email: string) {
  return await ctx.db
    .query("projectInvites")
    .withIndex("by_project", (q) => q.eq("projectId", projectId).eq("email", email))
    .unique();
}
