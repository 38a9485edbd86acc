/** The audit log, for the worker to write. */
import { v } from "convex/values";
import { vouchedMutation } from "./functions.ts";
import { deviceArgs, recordEventAbout } from "./model/audit.ts";
import { auditEvent } from "./model/auditEvents.ts";

export const logAuthEvent = vouchedMutation({
  args: { event: auditEvent, ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { event, ...device }) => {
    await recordEventAbout(ctx, ctx, event, { device });
    return null;
  },
});
