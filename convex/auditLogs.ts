/** Audit log functions: the worker writes entries, users read their own, admins read all. */
import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { adminListQuery, viewerListQuery, vouchedMutation } from "./functions.ts";
import { auditEntryShape, deviceArgs, listEntries, recordEventAbout } from "./model/audit.ts";
import { auditEvent } from "./model/auditEvents.ts";
import { rejection } from "./model/rejection.ts";

export const logAuthEvent = vouchedMutation({
  args: { event: auditEvent, ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { event, ...device }) => {
    await recordEventAbout(ctx, ctx, event, { device, impersonator: ctx.impersonator });
    return null;
  },
});

/** Returns one page of the entries about the current user, newest first. */
export const mine = viewerListQuery({
  args: {},
  returns: paginationResultValidator(auditEntryShape),
  handler: async (ctx, { paginationOpts }) =>
    await listEntries(ctx, paginationOpts, { userId: ctx.user._id }),
});

/** Returns one page of all entries, newest first, optionally of one user or one event. */
export const all = adminListQuery({
  args: {
    userId: v.optional(v.string()),
    event: v.optional(auditEvent),
  },
  returns: paginationResultValidator(auditEntryShape),
  handler: async (ctx, { paginationOpts, userId, event }) => {
    if (userId === undefined) return await listEntries(ctx, paginationOpts, { event });
    const id = ctx.db.normalizeId("users", userId);
    if (id === null) throw rejection("not_found", "There is no such person.");
    return await listEntries(ctx, paginationOpts, { userId: id, event });
  },
});
