/** The audit log: the worker writes it, people read what is about them, admins all of it. */
import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { adminListQuery, viewerListQuery, vouchedMutation } from "./functions.ts";
import { auditEntryShape, deviceArgs, listEntries, recordEventAbout } from "./model/audit.ts";
import { auditEvent } from "./model/auditEvents.ts";
import { refusal } from "./model/refusal.ts";

export const logAuthEvent = vouchedMutation({
  args: { event: auditEvent, ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { event, ...device }) => {
    await recordEventAbout(ctx, ctx, event, { device });
    return null;
  },
});

/** What is about the caller, newest first. */
export const mine = viewerListQuery({
  args: {},
  returns: paginationResultValidator(auditEntryShape),
  handler: async (ctx, { paginationOpts }) =>
    await listEntries(ctx, paginationOpts, { userId: ctx.user._id }),
});

/** All of it, or by person and event, newest first. */
export const all = adminListQuery({
  args: {
    userId: v.optional(v.string()),
    event: v.optional(auditEvent),
  },
  returns: paginationResultValidator(auditEntryShape),
  handler: async (ctx, { paginationOpts, userId, event }) => {
    if (userId === undefined) return await listEntries(ctx, paginationOpts, { event });
    const id = ctx.db.normalizeId("users", userId);
    if (id === null) throw refusal("not_found", "There is no such person.");
    return await listEntries(ctx, paginationOpts, { userId: id, event });
  },
});
