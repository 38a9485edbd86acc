/** The end of an account: the row stays, emptied, and nothing brings it back. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { DEFAULT_ROLE } from "./roles.ts";
import { revokeAllSessions } from "./sessions.ts";
import { profileFields } from "./userFields.ts";
import { saveSearchTerms } from "./userSearch.ts";
import { findSync } from "./userSync.ts";

const MOST_MEMBERSHIPS = 2000;

const NOTHING_PERSONAL: { [field in keyof typeof profileFields]?: undefined } = Object.fromEntries(
  Object.keys(profileFields).map((field) => [field, undefined]),
);

/**
 * Empties a person's row, ends their sessions, takes them out of other people's projects. Their own projects stay.
 * Doing it again changes nothing.
 */
export async function closeAccount(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  if (user.status === "deleted") return;
  await revokeAllSessions(ctx, { workosUserId: user.workosUserId, user });
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
  await removeMemberships(ctx, user);
  await removePreferences(ctx, user);
}

/** WorkOS deleted someone before they ever came: their row is made, so that a late word about them finds it closed. */
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

async function removeMemberships(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  const memberships = await ctx.db
    .query("projectMembers")
    .withIndex("by_user", (q) => q.eq("userId", user._id))
    .take(MOST_MEMBERSHIPS);
  for (const { _id, role } of memberships) {
    if (role === "member") await ctx.db.delete("projectMembers", _id);
  }
}

async function removePreferences(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  const rows = await ctx.db
    .query("preferences")
    .withIndex("by_user", (q) => q.eq("userId", user._id))
    .collect();
  for (const { _id } of rows) await ctx.db.delete("preferences", _id);
}
