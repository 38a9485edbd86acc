/** Sessions: recording, listing and revoking them. */
import { type Infer, v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { cutDevice, type Device, deviceArgs, recordEventAbout } from "./audit.ts";
import { SECOND_MS, startOf } from "./intervals.ts";
import { rejection } from "./rejection.ts";
import { cutoffsOf, endsSession, isEndedBy, setCutoff } from "./sessionCutoffs.ts";

/**
 * A session as the worker sees it at sign-in and at each refresh. `startedAt` is the time of the sign-in in
 * Unix ms.
 */
export const sessionShape = v.object({
  sessionId: v.string(),
  ...deviceArgs,
  city: v.optional(v.string()),
  country: v.optional(v.string()),
  startedAt: v.optional(v.number()),
});

export type SeenSession = Infer<typeof sessionShape>;

/** A session as its user sees it; times are Unix ms. */
export const listedSessionShape = v.object({
  sessionId: v.string(),
  startedAt: v.number(),
  lastSeenAt: v.number(),
  ipAddress: v.optional(v.string()),
  userAgent: v.optional(v.string()),
  city: v.optional(v.string()),
  country: v.optional(v.string()),
});

const MOST_SESSIONS = 200;
const MOST_LOGGED = 100;
const MOST_COUNTED = 4_000;

/** The user of a session, identified by the WorkOS id; `user` is null before the first sync. */
export type Person = { workosUserId: string; user: Doc<"users"> | null };

/**
 * Records that a session is in use: inserts its row at sign-in, updates last-seen time and device later.
 *
 * @returns Whether the session is new.
 */
export async function recordSession(
  ctx: MutationCtx,
  workosUserId: string,
  seen: SeenSession,
): Promise<boolean> {
  const now = Date.now();
  const { sessionId, city, country, startedAt, ...device } = seen;
  const fields = {
    ...cutDevice(device),
    ...(city && { city }),
    ...(country && { country }),
    lastSeenAt: now,
  };
  const row = await findSession(ctx, sessionId);
  if (row === null) {
    await ctx.db.insert("sessions", { sessionId, workosUserId, startedAt: startedAt ?? now, ...fields });
  } else if (row.workosUserId !== workosUserId) {
    throw rejection("not_found", "There is no such session.");
  } else {
    await ctx.db.patch("sessions", row._id, fields);
  }
  return row === null;
}

/**
 * Revokes a session. Idempotent. The revocation is stored even if the session has no row or its user is not
 * synced yet.
 *
 * @returns Whether the session was active.
 * @throws `not_found` if the session belongs to another user.
 */
export async function endSession(ctx: MutationCtx, person: Person, sessionId: string): Promise<boolean> {
  const row = await findSession(ctx, sessionId);
  if (row !== null && row.workosUserId !== person.workosUserId) {
    throw rejection("not_found", "There is no such session.");
  }
  const over = await ctx.db
    .query("revokedSessions")
    .withIndex("by_session", (q) => q.eq("sessionId", sessionId).eq("workosUserId", person.workosUserId))
    .first();
  if (row !== null) await ctx.db.delete("sessions", row._id);
  if (over !== null) return false;
  await ctx.db.insert("revokedSessions", {
    sessionId,
    workosUserId: person.workosUserId,
    revokedAt: Date.now(),
  });
  return true;
}

/** Revokes a session and adds an entry to the audit log. */
export async function revokeSession(
  ctx: MutationCtx,
  person: Person,
  sessionId: string,
  details: { device?: Device; impersonator?: string | null } = {},
): Promise<void> {
  const ended = await endSession(ctx, person, sessionId);
  if (ended) await recordEventAbout(ctx, person, "session_revoked", { target: sessionId, ...details });
}

/** Returns the user's active sessions, newest first. */
export async function sessionsOf(
  ctx: QueryCtx,
  user: Doc<"users">,
): Promise<Infer<typeof listedSessionShape>[]> {
  const rows = await ctx.db
    .query("sessions")
    .withIndex("by_user", (q) => q.eq("workosUserId", user.workosUserId))
    .order("desc")
    .take(MOST_SESSIONS);
  const cutoffs = await cutoffsOf(ctx, user.workosUserId);
  return rows
    .filter((row) => !isEndedBy(cutoffs, row))
    .map(({ _id, _creationTime, workosUserId, ...listed }) => listed);
}

/**
 * Revokes all sessions of a user that started before a time, however many. The newest that are known get an
 * audit entry each.
 *
 * @param before - Unix ms.
 * @param except - A session that stays.
 */
export async function revokeSessionsBefore(
  ctx: MutationCtx,
  person: Person,
  before: number,
  { except, device }: { except?: string; device?: Device } = {},
): Promise<void> {
  await setCutoff(ctx, person.workosUserId, before, except);
  const rows = await ctx.db
    .query("sessions")
    .withIndex("by_user", (q) => q.eq("workosUserId", person.workosUserId))
    .order("desc")
    .take(MOST_LOGGED);
  const cutoff = { before, ...(except !== undefined && { except }) };
  for (const row of rows) {
    if (!endsSession(cutoff, row)) continue;
    await ctx.db.delete("sessions", row._id);
    const target = row.sessionId;
    await recordEventAbout(ctx, person, "session_revoked", { target, ...(device && { device }) });
  }
}

/**
 * Revokes all sessions of a user, however many. A sign-in from now on is not affected: sessions start at whole
 * seconds, so those of this second are revoked one by one.
 *
 * @returns The number of sessions that have ended.
 */
export async function revokeAllSessions(ctx: MutationCtx, workosUserId: string): Promise<number> {
  const cutoffs = await cutoffsOf(ctx, workosUserId);
  const rows = await ctx.db
    .query("sessions")
    .withIndex("by_user", (q) => q.eq("workosUserId", workosUserId))
    .order("desc")
    .take(MOST_COUNTED);
  const active = rows.filter((row) => !isEndedBy(cutoffs, row));
  const second = startOf(Date.now(), SECOND_MS);
  await setCutoff(ctx, workosUserId, second, undefined);
  for (const { sessionId, startedAt } of active) {
    if (startedAt >= second) await endSession(ctx, { workosUserId, user: null }, sessionId);
  }
  return active.length;
}

/**
 * Revokes all sessions of a user but one, whatever the clock of the worker that recorded them. A sign-in from
 * now on is not affected, as in {@link revokeAllSessions}.
 */
export async function revokeOtherSessions(
  ctx: MutationCtx,
  person: Person,
  except: string,
  device: Device,
): Promise<void> {
  const second = startOf(Date.now(), SECOND_MS);
  const recent = await ctx.db
    .query("sessions")
    .withIndex("by_user", (q) => q.eq("workosUserId", person.workosUserId).gte("startedAt", second))
    .collect();
  for (const { sessionId } of recent) {
    if (sessionId !== except) await revokeSession(ctx, person, sessionId, { device });
  }
  await revokeSessionsBefore(ctx, person, second, { except, device });
}

async function findSession(ctx: QueryCtx, sessionId: string): Promise<Doc<"sessions"> | null> {
  return await ctx.db
    .query("sessions")
    .withIndex("by_session", (q) => q.eq("sessionId", sessionId))
    .unique();
}
