/**
 * Authentication: identifies the caller by the verified token, and rejects revoked sessions and deleted
 * users.
 */
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { rejection } from "./rejection.ts";
import { isCutOff } from "./sessionCutoffs.ts";
import { findByWorkosId } from "./users.ts";

/** The claims of the token. Nothing here comes from an argument. */
export type Caller = {
  workosUserId: string;
  /** WorkOS session id (claim `sid`); null if the token has none. */
  sessionId: string | null;
  /** The claim `role`, unchecked. */
  roleClaim: unknown;
};

export type KnownCaller = { caller: Caller; user: Doc<"users"> | null };

/** Returns the caller, or null if the call had no token. */
export async function readCaller(ctx: Pick<QueryCtx, "auth">): Promise<Caller | null> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) return null;
  return {
    workosUserId: identity.subject,
    sessionId: typeof identity.sid === "string" ? identity.sid : null,
    roleClaim: identity.role,
  };
}

/**
 * Returns the caller and the user's row. `user` is null before the first sync.
 *
 * @throws `unauthenticated` without a token, for a revoked session, and for a deleted user.
 */
export async function requireCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const known = await requireNewCaller(ctx);
  const { sessionId, workosUserId } = known.caller;
  if (sessionId !== null && (await isCutOff(ctx, workosUserId, sessionId))) throw sessionEnded();
  return known;
}

/** Like {@link requireCaller}, for a session that is not recorded yet: the caller must check its start. */
export async function requireNewCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const caller = await readCaller(ctx);
  if (caller === null) throw rejection("unauthenticated", "Please sign in.");
  if (await isRevoked(ctx, caller)) throw sessionEnded();
  return { caller, user: await findLiving(ctx, caller.workosUserId) };
}

/** Returns the error for a session that was revoked. */
export function sessionEnded() {
  return rejection("unauthenticated", "This session has ended.");
}

/**
 * Returns a user who is not deleted, or null before the first sync.
 *
 * @throws `unauthenticated` when the user is deleted.
 */
export async function findLiving(ctx: QueryCtx, workosUserId: string): Promise<Doc<"users"> | null> {
  const user = await findByWorkosId(ctx, workosUserId);
  if (user?.status === "deleted") throw rejection("unauthenticated", "This account has been deleted.");
  return user;
}

async function isRevoked(ctx: QueryCtx, caller: Caller): Promise<boolean> {
  const { sessionId, workosUserId } = caller;
  if (sessionId === null) return false;
  const revoked = await ctx.db
    .query("revokedSessions")
    .withIndex("by_session", (q) => q.eq("sessionId", sessionId).eq("workosUserId", workosUserId))
    .first();
  return revoked !== null;
}
