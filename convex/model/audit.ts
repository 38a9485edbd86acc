/** Audit log: written by the worker, the webhook and the functions here, never directly by a user. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { type AuditEvent, auditEvent } from "./auditEvents.ts";
import { readCaller } from "./identity.ts";
import { listsIn, pageOf } from "./lists.ts";

const LONGEST_USER_AGENT = 512;
const LONGEST_ADDRESS = 64;
const LONGEST_EMAIL = 254;

/** The address and device of a request, as the worker saw them. */
export const deviceArgs = { ipAddress: v.string(), userAgent: v.string() };

export type Device = { ipAddress: string; userAgent: string };

/** An audit entry: `userId` is the user concerned, `actorId` the user who acted; `timestamp` is Unix ms. */
export const auditEntryShape = v.object({
  _id: v.id("auditLogs"),
  userId: v.id("users"),
  event: auditEvent,
  timestamp: v.number(),
  ipAddress: v.optional(v.string()),
  userAgent: v.optional(v.string()),
  actorId: v.optional(v.id("users")),
  target: v.optional(v.string()),
  /** E-mail of the user of WorkOS who acted as this user. */
  impersonator: v.optional(v.string()),
});

type AuditEntry = Infer<typeof auditEntryShape>;

/** `impersonator` is by default that of the token. */
type Details = {
  device?: Device;
  actorId?: Id<"users">;
  target?: string;
  impersonator?: string | null;
};

/** Records an event about a synced user. */
export async function recordEvent(
  ctx: MutationCtx,
  userId: Id<"users">,
  event: AuditEvent,
  { actorId, ...details }: Details = {},
): Promise<void> {
  await ctx.db.insert("auditLogs", {
    userId,
    event,
    ...(await fieldsOf(ctx, details)),
    ...(actorId !== undefined && { actorId }),
  });
}

async function fieldsOf(ctx: MutationCtx, { device, target, impersonator }: Omit<Details, "actorId">) {
  const actedAs = impersonator === undefined ? (await readCaller(ctx))?.impersonator : impersonator;
  return {
    timestamp: Date.now(),
    ...(device && cutDevice(device)),
    ...(target !== undefined && { target }),
    ...(actedAs && { impersonator: actedAs.slice(0, LONGEST_EMAIL) }),
  };
}

/** Records an event about a WorkOS user, as a pending entry if the user is not synced yet. */
export async function recordEventAbout(
  ctx: MutationCtx,
  person: { workosUserId: string; user: Doc<"users"> | null },
  event: AuditEvent,
  { device, ...details }: Omit<Details, "actorId"> = {},
): Promise<void> {
  const { user, workosUserId } = person;
  // Nothing of a deleted user's devices is kept.
  const kept = device === undefined || user?.status === "deleted" ? details : { ...details, device };
  if (user !== null) return await recordEvent(ctx, user._id, event, kept);
  await ctx.db.insert("pendingAuditLogs", { workosUserId, event, ...(await fieldsOf(ctx, kept)) });
}

/** Moves a user's pending entries to the audit log at the first sync. They keep their timestamps. */
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

/** Returns one page of the log, newest first, optionally of one user or one event. */
export async function listEntries(
  ctx: QueryCtx,
  paginationOpts: PaginationOptions,
  { userId, event }: { userId?: Id<"users">; event?: AuditEvent | undefined },
): Promise<PaginationResult<AuditEntry>> {
  const result = await pageOf(filteredLog(ctx, userId, event).order("desc"), paginationOpts);
  return { ...result, page: result.page.map(({ _creationTime, ...entry }) => entry) };
}

function filteredLog(ctx: QueryCtx, userId: Id<"users"> | undefined, event: AuditEvent | undefined) {
  const log = listsIn(ctx).query("auditLogs");
  if (userId !== undefined && event !== undefined) {
    return log.withIndex("by_user_event", (q) => q.eq("userId", userId).eq("event", event));
  }
  if (userId !== undefined) return log.withIndex("by_user", (q) => q.eq("userId", userId));
  if (event !== undefined) return log.withIndex("by_event", (q) => q.eq("event", event));
  return log.withIndex("by_time");
}

const MOST_FORGOTTEN = 200;

/**
 * Removes addresses and user agents from entries about a user: the newest at once, the others by a job.
 *
 * @returns The number of changed entries.
 */
export async function forgetDevices(ctx: MutationCtx, userId: Id<"users">): Promise<number> {
  const entries = await ctx.db
    .query("auditLogs")
    .withIndex("by_user_address", (q) => q.eq("userId", userId).gt("ipAddress", undefined))
    .take(MOST_FORGOTTEN);
  for (const { _id } of entries) {
    await ctx.db.patch("auditLogs", _id, { ipAddress: undefined, userAgent: undefined });
  }
  return entries.length;
}

/** Returns the device as it is stored: shortened, because a header may have any length. */
export function cutDevice({ ipAddress, userAgent }: Device): Device {
  return {
    ipAddress: ipAddress.slice(0, LONGEST_ADDRESS),
    userAgent: userAgent.slice(0, LONGEST_USER_AGENT),
  };
}
