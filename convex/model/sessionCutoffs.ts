/** Cutoffs: all sessions of a user that started before a time have ended. One row, however many sessions. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

/** `before` is Unix ms; `except` is a session that stays. */
type Cutoff = Pick<Doc<"sessionCutoffs">, "before" | "except">;

/** Returns whether a cutoff has ended a session. */
export function endsSession(
  { before, except }: Cutoff,
  { sessionId, startedAt }: Pick<Doc<"sessions">, "sessionId" | "startedAt">,
): boolean {
  return sessionId !== except && startedAt < before;
}

/** Returns whether the cutoff of a user has ended a session. A session without a row counts as older. */
export async function isCutOff(ctx: QueryCtx, workosUserId: string, sessionId: string): Promise<boolean> {
  const cutoff = await findCutoff(ctx, workosUserId);
  if (cutoff === null || cutoff.except === sessionId) return false;
  const session = await findSession(ctx, sessionId);
  return session === null || endsSession(cutoff, session);
}

async function findSession(ctx: QueryCtx, sessionId: string): Promise<Doc<"sessions"> | null> {
  return await ctx.db
    .query("sessions")
    .withIndex("by_session", (q) => q.eq("sessionId", sessionId))
    .unique();
}

export async function findCutoff(ctx: QueryCtx, workosUserId: string): Promise<Doc<"sessionCutoffs"> | null> {
  return await ctx.db
    .query("sessionCutoffs")
    .withIndex("by_user", (q) => q.eq("workosUserId", workosUserId))
    .unique();
}

/**
 * Ends all sessions of a user that started before a time. Events may arrive in any order: an earlier cutoff
 * than the stored one can only end the session that was left out.
 */
export async function setCutoff(
  ctx: MutationCtx,
  workosUserId: string,
  before: number,
  except: string | undefined,
): Promise<void> {
  const row = await findCutoff(ctx, workosUserId);
  const cutoff = { workosUserId, before, ...(except !== undefined && { except }) };
  if (row === null) {
    await ctx.db.insert("sessionCutoffs", cutoff);
  } else if (row.before <= before) {
    await ctx.db.replace("sessionCutoffs", row._id, cutoff);
  } else if (row.except !== undefined && row.except !== except) {
    const left = await findSession(ctx, row.except);
    const ends = left === null || endsSession(cutoff, left);
    if (ends) await ctx.db.patch("sessionCutoffs", row._id, { except: undefined });
  }
}
