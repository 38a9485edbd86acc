/** Access that an admin ends: suspended users, and sessions of another user. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireAnotherAdmin } from "./admin.ts";
import { dropEmailChannels } from "./alerts/emailChannels.ts";
import { recordEvent } from "./audit.ts";
import type { KnownCaller } from "./caller.ts";
import { rejectImpersonator } from "./identity.ts";
import { rejection } from "./rejection.ts";
import { revokeAllSessions } from "./sessions.ts";

type Admin = KnownCaller & { user: Doc<"users"> };

/**
 * Suspends a user: their sessions end, and they may not enter until they are restored. Everything that they own
 * stays and goes on. Suspending a suspended user changes nothing.
 * Only alerts to their own address end. // agents:line
 *
 * @throws `not_found` if there is no such user; `conflict` for the admin themselves, the last admin and a
 *   deleted user; `forbidden` while impersonating.
 */
export async function suspendUser(ctx: MutationCtx, admin: Admin, userId: string): Promise<void> {
  rejectImpersonator(admin.caller);
  const user = await findUser(ctx, userId);
  if (user._id === admin.user._id) throw rejection("conflict", "You cannot suspend yourself.");
  if (user.status === "suspended") return;
  await requireAnotherAdmin(ctx, user);
  await ctx.db.patch("users", user._id, { status: "suspended", updatedAt: Date.now() });
  await revokeAllSessions(ctx, user.workosUserId);
  await dropEmailChannels(ctx, user._id); // agents:line
  await recordEvent(ctx, user._id, "user_suspended", { actorId: admin.user._id });
}

/**
 * Lets a suspended user enter again. Restoring an active user changes nothing.
 *
 * @throws `not_found` if there is no such user; `conflict` for a deleted user.
 */
export async function restoreUser(ctx: MutationCtx, admin: Admin, userId: string): Promise<void> {
  const user = await findUser(ctx, userId);
  if (user.status === "active") return;
  await ctx.db.patch("users", user._id, { status: "active", updatedAt: Date.now() });
  await recordEvent(ctx, user._id, "user_restored", { actorId: admin.user._id });
}

/**
 * Ends all sessions of a user, who may sign in again at once.
 *
 * @throws `not_found` if there is no such user; `conflict` for a deleted user; `forbidden` for the sessions of
 *   the user that an impersonator acts as.
 */
export async function endSessionsOf(ctx: MutationCtx, admin: Admin, userId: string): Promise<void> {
  const user = await findUser(ctx, userId);
  if (user._id === admin.user._id) rejectImpersonator(admin.caller);
  const ended = await revokeAllSessions(ctx, user.workosUserId);
  await recordEvent(ctx, user._id, "sessions_ended", { actorId: admin.user._id, target: `${ended}` });
}

async function findUser(ctx: QueryCtx, userId: string): Promise<Doc<"users">> {
  const id = ctx.db.normalizeId("users", userId);
  const user = id === null ? null : await ctx.db.get("users", id);
  if (user === null) throw rejection("not_found", "There is no such person.");
  if (user.status === "deleted") throw rejection("conflict", "This account has been deleted.");
  return user;
}
