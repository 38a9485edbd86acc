/** The audit log: written by the worker, the webhook and the rules here, never by the person. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { type AuditEvent, auditEvent } from "./auditEvents.ts";

const LONGEST_USER_AGENT = 512;
const LONGEST_ADDRESS = 64;

/** The address and device of a request, as the worker saw them. */
export const deviceArgs = { ipAddress: v.string(), userAgent: v.string() };

export type Device = { ipAddress: string; userAgent: string };

/** An entry as people read it. `userId` is whom it is about, `actorId` who did it; `timestamp` is Unix ms. */
export const auditEntryShape = v.object({
  _id: v.id("auditLogs"),
  userId: v.id("users"),
  event: auditEvent,
  timestamp: v.number(),
  ipAddress: v.optional(v.string()),
  userAgent: v.optional(v.string()),
  actorId: v.optional(v.id("users")),
  target: v.optional(v.string()),
});

type AuditEntry = Infer<typeof auditEntryShape>;

type Details = { device?: Device; actorId?: Id<"users">; target?: string };

/** Records an event about someone who is here. */
export async function recordEvent(
  ctx: MutationCtx,
  userId: Id<"users">,
  event: AuditEvent,
  { device, actorId, target }: Details = {},
): Promise<void> {
  await ctx.db.insert("auditLogs", {
    userId,
    event,
    timestamp: Date.now(),
    ...(device && cutDevice(device)),
    ...(actorId !== undefined && { actorId }),
    ...(target !== undefined && { target }),
  });
}

/** Records an event about a WorkOS user; when they are not here yet, it is kept for them. */
export async function recordEventAbout(
  ctx: MutationCtx,
  person: { workosUserId: string; user: Doc<"users"> | null },
  event: AuditEvent,
  details: { device?: Device; target?: string } = {},
): Promise<void> {
  if (person.user !== null) return await recordEvent(ctx, person.user._id, event, details);
  const { device, target } = details;
  await ctx.db.insert("pendingAuditLogs", {
    workosUserId: person.workosUserId,
    event,
    timestamp: Date.now(),
    ...(device && cutDevice(device)),
    ...(target !== undefined && { target }),
  });
}

/** At the first sync: what was kept becomes theirs, at the time it happened. */
export async function claimPendingEntries(ctx: MutationCtx, user: Doc<"users">): Promise<void> {
  const kept = await ctx.db
    .query("pendingAuditLogs")
    .withIndex("by_user", (q) => q.eq("workosUserId", user.workosUserId))
    .take(1000);
  for (const { _id, _creationTime, workosUserId, ...entry } of kept) {
    await ctx.db.insert("auditLogs", { ...entry, userId: user._id });
    await ctx.db.delete("pendingAuditLogs", _id);
  }
}

/** @returns One page of the log, newest first, of one person and one event where they are given. */
export async function listEntries(
  ctx: QueryCtx,
  paginationOpts: PaginationOptions,
  { userId, event }: { userId?: Id<"users">; event?: AuditEvent | undefined },
): Promise<PaginationResult<AuditEntry>> {
  const result = await filteredLog(ctx, userId, event).order("desc").paginate(paginationOpts);
  return { ...result, page: result.page.map(({ _creationTime, ...entry }) => entry) };
}

function filteredLog(ctx: QueryCtx, userId: Id<"users"> | undefined, event: AuditEvent | undefined) {
  const log = ctx.db.query("auditLogs");
  if (userId !== undefined && event !== undefined) {
    return log.withIndex("by_user_event", (q) => q.eq("userId", userId).eq("event", event));
  }
  if (userId !== undefined) return log.withIndex("by_user", (q) => q.eq("userId", userId));
  if (event !== undefined) return log.withIndex("by_event", (q) => q.eq("event", event));
  return log.withIndex("by_time");
}

/** A device as stored: long ones are cut, for a header is as long as its sender likes. */
export function cutDevice({ ipAddress, userAgent }: Device): Device {
  return {
    ipAddress: ipAddress.slice(0, LONGEST_ADDRESS),
    userAgent: userAgent.slice(0, LONGEST_USER_AGENT),
  };
}
