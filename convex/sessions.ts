/** Sessions, for the worker to end them and for people to see their own. */
import { v } from "convex/values";
import { viewerQuery, vouchedMutation } from "./functions.ts";
import { deviceArgs } from "./model/audit.ts";
import { listedSessionShape, revokeSession, sessionsOf } from "./model/sessions.ts";

/** Ends one of the person's sessions, at once and for good; for the worker. */
export const revoke = vouchedMutation({
  args: { sessionId: v.string(), ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { sessionId, ...device }) => {
    await revokeSession(ctx, ctx, sessionId, device);
    return null;
  },
});

/** The caller's sessions that are not over, newest first. */
export const mine = viewerQuery({
  args: {},
  returns: v.array(listedSessionShape),
  handler: async (ctx) => await sessionsOf(ctx, ctx.user),
});
