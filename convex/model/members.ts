/** Members of a project: added, invited, removed, or leaving. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { emailProblem } from "./entryRule.ts";
import { entryRule } from "./environment.ts";
import { normalizeEmail, requireEmail } from "./input.ts";
import { findInvite, requireRoomForInvite } from "./invites.ts";
import {
  deleteMember,
  findMembership,
  insertMember,
  requireRoomForMember,
  requireRoomForProject,
} from "./memberships.ts";
import type { SeenProject } from "./projects.ts";
import { rejection } from "./rejection.ts";
import { countInvite } from "./userLimits.ts";
import { findByEmail, mayReadAnyone, notYours } from "./users.ts";

/**
 * Adds the user with this verified e-mail, or stores an invitation for the first user who signs in with it.
 *
 * @throws `invalid` if it is not an e-mail address of an allowed domain; `conflict` if the user is already a
 *   member or invited, or is suspended; `rate_limited` after too many invitations;
 *   `limit_reached` if the project or the user has reached a limit.
 */
export async function addMember(
  ctx: MutationCtx,
  manager: Doc<"users">,
  project: Doc<"projects">,
  sentEmail: string,
): Promise<"added" | "invited"> {
  const email = requireEmail(sentEmail);
  if (emailProblem(entryRule(), { email, emailVerified: true }) !== null)
    throw rejection("invalid", "Only e-mails of the allowed domains may use this Mosaic.");
  const user = await findByEmail(ctx, email);
  const invite = await findInvite(ctx, project._id, email);
  if (user !== null && (await findMembership(ctx, project._id, user._id)) !== null) {
    throw rejection("conflict", "This person is in the project already.");
  }
  if (user?.status === "suspended") throw rejection("conflict", "This person is suspended.");
  if (user?.emailVerified) {
    if (invite !== null) await ctx.db.delete("projectInvites", invite._id);
    await requireRoomForMember(ctx, project._id);
    await requireRoomForProject(ctx, user._id, "member");
    await insertMember(ctx, project, user._id);
    await recordEvent(ctx, user._id, "member_added", { actorId: manager._id, target: project.name });
    return "added";
  }
  if (invite !== null) throw rejection("conflict", "This person is invited already.");
  await requireRoomForInvite(ctx, project._id);
  await countInvite(ctx, manager._id);
  await ctx.db.insert("projectInvites", { projectId: project._id, email, invitedBy: manager._id });
  await recordEvent(ctx, project.ownerId, "member_invited", { actorId: manager._id, target: email });
  return "invited";
}

/**
 * Removes a member.
 *
 * @throws `conflict` for the owner; `not_found` or, for users who may not read all users, `forbidden` if the
 *   user is not a member.
 */
export async function removeMember(
  ctx: MutationCtx,
  manager: Doc<"users">,
  project: Doc<"projects">,
  userId: string,
): Promise<void> {
  const id = ctx.db.normalizeId("users", userId);
  const member = id === null ? null : await findMembership(ctx, project._id, id);
  if (member === null) {
    throw mayReadAnyone(manager) ? rejection("not_found", "This person is not in the project.") : notYours();
  }
  if (member.role === "owner") throw rejection("conflict", "The owner cannot be removed.");
  await deleteMember(ctx, member);
  await recordEvent(ctx, member.userId, "member_removed", { actorId: manager._id, target: project.name });
}

/**
 * Deletes an invitation.
 *
 * @throws `not_found` if there is no such invitation.
 */
export async function removeInvite(
  ctx: MutationCtx,
  manager: Doc<"users">,
  project: Doc<"projects">,
  email: string,
): Promise<void> {
  const invite = await findInvite(ctx, project._id, normalizeEmail(email));
  if (invite === null) throw rejection("not_found", "There is no such invitation.");
  await ctx.db.delete("projectInvites", invite._id);
  await recordEvent(ctx, project.ownerId, "invitation_withdrawn", {
    actorId: manager._id,
    target: invite.email,
  });
}

/**
 * Removes the current user from a project.
 *
 * @throws `conflict` for the owner; `not_found` for an admin who is not a member.
 */
export async function leaveProject(ctx: MutationCtx, user: Doc<"users">, seen: SeenProject): Promise<void> {
  const member = await findMembership(ctx, seen.project._id, user._id);
  if (member === null) throw rejection("not_found", "You are not in this project.");
  if (member.role === "owner") throw rejection("conflict", "The owner cannot leave the project.");
  await deleteMember(ctx, member);
  await recordEvent(ctx, user._id, "member_removed", { actorId: user._id, target: seen.project.name });
}
