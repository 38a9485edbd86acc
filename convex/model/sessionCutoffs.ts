/**
 * Cutoffs: all sessions of a user that started before a time have ended. One row, however many sessions. The
 * cutoff of an organization is for all users.
 */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { entryRule } from "./environment.ts";

/** `before` is Unix ms; `except` is a session that stays. */
type Cutoff = Pick<Doc<"sessionCutoffs">, "before" | "except">;

/** Returns whether a cutoff has ended a session. */
export function endsSession(
  { before, except }: Cutoff,
  { sessionId, startedAt }: Pick<Doc<"sessions">, "sessionId" | "startedAt">,
): boolean {
  return sessionId !== except && startedAt < before;
}

/** Returns whether one of the cutoffs has ended a session. */
export function isEndedBy(
  cutoffs: readonly Cutoff[],
  session: Pick<Doc<"sessions">, "sessionId" | "startedAt">,
): boolean {
  return cutoffs.some((cutoff) => endsSession(cutoff, session));
}

/** Returns whether a cutoff has ended a session of a user. A session without a row counts as older. */
export async function isCutOff(
  ctx: QueryCtx,
  { workosUserId, sessionId }: Pick<Doc<"sessions">, "workosUserId" | "sessionId">,
): Promise<boolean> {
  const cutoffs = await cutoffsOf(ctx, workosUserId);
  if (cutoffs.every(({ except }) => except === sessionId)) return false;
  const startedAt = (await findSession(ctx, sessionId))?.startedAt ?? Number.NEGATIVE_INFINITY;
  return isEndedBy(cutoffs, { sessionId, startedAt });
}

/** Returns the cutoffs that apply to the sessions of a user: their own, and that of the organization. */
export async function cutoffsOf(ctx: QueryCtx, workosUserId: string): Promise<Doc<"sessionCutoffs">[]> {
  const { organizationId } = entryRule();
  const subjects = organizationId === null ? [workosUserId] : [workosUserId, organizationId];
  const cutoffs = await Promise.all(subjects.map((subject) => findCutoff(ctx, subject)));
  return cutoffs.filter((cutoff) => cutoff !== null);
}

async function findSession(ctx: QueryCtx, sessionId: string): Promise<Doc<"sessions"> | null> {
  return await ctx.db
    .query("sessions")
    .withIndex("by_session", (q) => q.eq("sessionId", sessionId))
    .unique();
}

async function findCutoff(ctx: QueryCtx, workosUserId: string): Promise<Doc<"sessionCutoffs"> | null> {
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
