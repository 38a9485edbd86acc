/**
 * Authentication: identifies the caller by the verified token, and rejects revoked sessions and users who may
 * not enter.
 */
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { type BarReason, emailProblem, type KnownEmail } from "./entryRule.ts";
import { entryRule } from "./environment.ts";
import { type Caller, readCaller } from "./identity.ts";
import { rejection } from "./rejection.ts";
import { isCutOff } from "./sessionCutoffs.ts";
import { findByWorkOSId } from "./users.ts";

export type KnownCaller = { caller: Caller; user: Doc<"users"> | null };

/**
 * Returns the caller and the user's row. `user` is null before the first sync.
 *
 * @throws `unauthenticated` without a token, for a revoked session, and for a user who may not enter.
 */
export async function requireCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const { caller, user } = await requireUnrevoked(ctx);
  requireEntry(caller, user);
  if (await isCutOff(ctx, caller)) throw sessionEnded();
  return { caller, user };
}

/**
 * Like {@link requireCaller}, for a user whose e-mail and session are not recorded yet: the caller must check
 * the e-mail and the session's start.
 */
export async function requireNewCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const { caller, user } = await requireUnrevoked(ctx);
  requireEntry(caller, user, null);
  return { caller, user };
}

/** Like {@link requireCaller}, for a user whose e-mail is not recorded yet: the caller must check it. */
export async function requireSyncingCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const known = await requireNewCaller(ctx);
  if (await isCutOff(ctx, known.caller)) throw sessionEnded();
  return known;
}

/** Like {@link requireCaller}, also for a user who may not enter, so that their sign-out can be recorded. */
export async function requireLeavingCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const known = await requireKnownCaller(ctx);
  return barOf(known.caller, known.user) === null ? await requireCaller(ctx) : known;
}

/**
 * Checks that a user may enter.
 *
 * @param email - The e-mail that counts: by default that of the user's row; null if the caller checks it.
 * @throws `unauthenticated` with the reason.
 */
export function requireEntry(caller: Caller, user: Doc<"users"> | null, email?: KnownEmail | null): void {
  const reason = barOf(caller, user, email);
  if (reason !== null) throw rejection("unauthenticated", BARRED[reason], reason);
}

const BARRED: Record<BarReason, string> = {
  organization: "You are not signed in for the organization of this Mosaic.",
  unverified: "Your e-mail address is not verified.",
  domain: "Your e-mail address may not use this Mosaic.",
  suspended: "This account is suspended.",
  deleted: "This account has been deleted.",
};

function barOf(
  { organizationId }: Caller,
  user: Doc<"users"> | null,
  email: KnownEmail | null = user ?? UNKNOWN,
): BarReason | null {
  if (user !== null && user.status !== "active") return user.status;
  const rule = entryRule();
  if (rule.organizationId !== null && organizationId !== rule.organizationId) return "organization";
  return email === null ? null : emailProblem(rule, email);
}

/** Access tokens contain no e-mail, so a user who is not synced yet has none that is allowed. */
const UNKNOWN = { email: "", emailVerified: false };

/** Returns the error for a session that was revoked. */
export function sessionEnded() {
  return rejection("unauthenticated", "This session has ended.");
}

async function requireUnrevoked(ctx: QueryCtx): Promise<KnownCaller> {
  const known = await requireKnownCaller(ctx);
  if (await isRevoked(ctx, known.caller)) throw sessionEnded();
  return known;
}

async function requireKnownCaller(ctx: QueryCtx): Promise<KnownCaller> {
  const caller = await readCaller(ctx);
  if (caller === null) throw rejection("unauthenticated", "Please sign in.");
  return { caller, user: await findByWorkOSId(ctx, caller.workosUserId) };
}

async function isRevoked(ctx: QueryCtx, caller: Caller): Promise<boolean> {
  const { sessionId, workosUserId } = caller;
  const revoked = await ctx.db
    .query("revokedSessions")
    .withIndex("by_session", (q) => q.eq("sessionId", sessionId).eq("workosUserId", workosUserId))
    .first();
  return revoked !== null;
}
