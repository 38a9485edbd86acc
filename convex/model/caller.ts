/** Who is calling: read from the verified token only, and refused when the session or the person is over. */
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { refusal } from "./refusal.ts";
import { findByWorkosId } from "./users.ts";

/** What the token says. Nothing here comes from an argument. */
export type Caller = {
  workosUserId: string;
  /** WorkOS's session id (claim `sid`); null for a token that names none. */
  sessionId: string | null;
  /** The claim `role` as WorkOS sent it, whatever it is. */
  roleClaim: unknown;
};

export type KnownCaller = { caller: Caller; user: Doc<"users"> | null };

/** @returns The caller, or null when no token came with the call. */
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
 * The caller with their row, looked up once. `user` is null before the first sync.
 *
 * @throws `unauthenticated` for nobody, for a revoked session, for a deleted person.
 */
export async function requireCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const caller = await readCaller(ctx);
  if (caller === null) throw refusal("unauthenticated", "Please sign in.");
  if (await isRevoked(ctx, caller)) throw refusal("unauthenticated", "This session has ended.");
  return { caller, user: await findLiving(ctx, caller.workosUserId) };
}

/** @throws `unauthenticated` when the person is deleted: to them the app is closed. */
export async function findLiving(ctx: QueryCtx, workosUserId: string): Promise<Doc<"users"> | null> {
  const user = await findByWorkosId(ctx, workosUserId);
  if (user?.status === "deleted") throw refusal("unauthenticated", "This account has been deleted.");
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
