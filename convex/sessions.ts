/** Sessions: the worker revokes them, users list their own. */
import { v } from "convex/values";
import { viewerQuery, vouchedMutation } from "./functions.ts";
import { deviceArgs } from "./model/audit.ts";
import { rejectImpersonator } from "./model/identity.ts";
import { listedSessionShape, revokeSession, sessionsOf } from "./model/sessions.ts";

/** Revokes one of the user's sessions. For the worker. */
export const revoke = vouchedMutation({
  args: { sessionId: v.string(), ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { sessionId, ...device }) => {
    if (ctx.caller !== null && sessionId !== ctx.caller.sessionId) rejectImpersonator(ctx.caller);
    await revokeSession(ctx, ctx, sessionId, { device, impersonator: ctx.impersonator });
    return null;
  },
});

/** Returns the current user's active sessions, newest first. */
export const mine = viewerQuery({
  args: {},
  returns: v.array(listedSessionShape),
  handler: async (ctx) => await sessionsOf(ctx, ctx.user),
});
