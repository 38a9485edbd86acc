/** Account deletion: the row stays, emptied, so that no later sync restores it. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { dropEmailChannels } from "./alerts/emailChannels.ts";
import { forgetDevices } from "./audit.ts";
import { deviceJob, startJob } from "./jobs.ts";
import { deleteMember, membershipsOf } from "./memberships.ts";
import { DEFAULT_ROLE } from "./roles.ts";
import { revokeSessionsBefore } from "./sessions.ts";
import { profileFields } from "./userFields.ts";
import { saveSearchTerms } from "./userSearch.ts";
import { findSync } from "./userSync.ts";

const NOTHING_PERSONAL: { [field in keyof typeof profileFields]?: undefined } = Object.fromEntries(
  Object.keys(profileFields).map((field) => [field, undefined]),
);

/**
 * Closes an account: empties the row and revokes the user's sessions. Idempotent.
 *
 * The user is removed from the projects of other users. The user's own projects stay. // agents:line
 */
export async function closeAccount(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  if (user.status === "deleted") return;
  const person = { workosUserId: user.workosUserId, user };
  await revokeSessionsBefore(ctx, person, Number.MAX_SAFE_INTEGER);
  const emptied = {
    ...NOTHING_PERSONAL,
    email: "",
    emailVerified: false,
    status: "deleted" as const,
    updatedAt: Date.now(),
  };
  await ctx.db.patch("users", user._id, emptied);
  await saveSearchTerms(ctx, { ...user, ...emptied });
  const sync = await findSync(ctx, user._id);
  if (sync !== null) await ctx.db.delete("userSync", sync._id);
  await removeMemberships(ctx, user); // agents:line
  await dropEmailChannels(ctx, user._id); // agents:line
  await removePreferences(ctx, user);
  if ((await forgetDevices(ctx, user._id)) > 0) await startJob(ctx, deviceJob(user._id));
}

/**
 * Creates the closed account of a user that WorkOS deleted before the first sync, so that later events about
 * the user are ignored.
 */
export async function closeUnknownAccount(ctx: MutationCtx, workosUserId: string): Promise<void> {
  const now = Date.now();
  await ctx.db.insert("users", {
    workosUserId,
    email: "",
    emailVerified: false,
    createdAt: now,
    updatedAt: now,
    role: DEFAULT_ROLE,
    status: "deleted",
  });
}

// agents:start
async function removeMemberships(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  for (const membership of await membershipsOf(ctx, user._id)) {
    if (membership.role === "member") await deleteMember(ctx, membership);
  }
}
// agents:end

async function removePreferences(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  const rows = await ctx.db
    .query("preferences")
    .withIndex("by_user", (q) => q.eq("userId", user._id))
    .collect();
  for (const { _id } of rows) await ctx.db.delete("preferences", _id);
}
