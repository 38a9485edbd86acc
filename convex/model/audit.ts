/** The audit log: written by the worker, the webhook and the rules here, never by the person. */
import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { AuditEvent } from "./auditEvents.ts";

const LONGEST_USER_AGENT = 512;
const LONGEST_ADDRESS = 64;

/** The address and device of a request, as the worker saw them. */
export const deviceArgs = { ipAddress: v.string(), userAgent: v.string() };

export type Device = { ipAddress: string; userAgent: string };

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

/** A device as stored: long ones are cut, for a header is as long as its sender likes. */
export function cutDevice({ ipAddress, userAgent }: Device): Device {
  return {
    ipAddress: ipAddress.slice(0, LONGEST_ADDRESS),
    userAgent: userAgent.slice(0, LONGEST_USER_AGENT),
  };
}
