/**
 * Memberships in the organization of this deployment, as WorkOS reports them. Only what orders their events is
 * stored: the access token says who is a member.
 */
import { type Infer, v } from "convex/values";
import type { MutationCtx } from "../_generated/server";
import { dropEmailChannels } from "./alerts/emailChannels.ts"; // agents:line
import { entryRule } from "./environment.ts";
import { SECOND_MS, startOf } from "./intervals.ts";
import { setCutoff } from "./sessionCutoffs.ts";
import { type Person, revokeSessionsBefore } from "./sessions.ts";

/** A change of a membership; `at` is the time of the event and `updatedAt` that of the change, Unix ms. */
export const membershipEventShape = v.object({
  type: v.literal("membership_changed"),
  membershipId: v.string(),
  workosUserId: v.string(),
  organizationId: v.string(),
  /** The membership is deleted, and no later event restores it. */
  deleted: v.boolean(),
  /** The membership does not allow to enter any more. */
  ended: v.boolean(),
  updatedAt: v.number(),
  at: v.number(),
});

/**
 * Applies a change of a membership: one that ends revokes the sessions that started before. The newest change
 * counts, in any order of arrival.
 * Nor is any alert emailed to the user any more. // agents:line
 */
export async function applyMembership(
  ctx: MutationCtx,
  person: Person,
  event: Infer<typeof membershipEventShape>,
): Promise<void> {
  const { membershipId, organizationId, deleted, ended, updatedAt, at } = event;
  if (organizationId !== entryRule().organizationId) return;
  const known = await ctx.db
    .query("organizationMemberships")
    .withIndex("by_membership", (q) => q.eq("membershipId", membershipId))
    .unique();
  if (known?.deleted || (known !== null && !deleted && updatedAt < known.updatedAt)) return;
  const row = { membershipId, updatedAt, deleted, receivedAt: Date.now() };
  if (known === null) await ctx.db.insert("organizationMemberships", row);
  else await ctx.db.replace("organizationMemberships", known._id, row);
  if (!ended && !deleted) return;
  await revokeSessionsBefore(ctx, person, startOf(at, SECOND_MS));
  if (person.user !== null) await dropEmailChannels(ctx, person.user._id); // agents:line
}

/** Revokes the sessions of all users that started before the organization was deleted. */
export async function applyOrganizationDeleted(
  ctx: MutationCtx,
  organizationId: string,
  at: number,
): Promise<void> {
  if (organizationId !== entryRule().organizationId) return;
  await setCutoff(ctx, organizationId, startOf(at, SECOND_MS), undefined);
}
