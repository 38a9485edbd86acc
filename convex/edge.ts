/**
 * Session events from the worker. Each call is one transaction: a sign-in, for example, syncs the user,
 * records the session and writes the audit log.
 */
import { v } from "convex/values";
import { edgeMutation, signInMutation, vouchedMutation, workerQuery } from "./functions.ts";
import { closeAccount } from "./model/accounts.ts";
import { requireAnotherAdmin } from "./model/admin.ts";
import { deviceArgs, recordEvent, recordEventAbout } from "./model/audit.ts";
import { requireEntry, sessionEnded } from "./model/caller.ts";
import { rejectImpersonator } from "./model/identity.ts";
import { isInvited as isInvitedAnywhere } from "./model/invites.ts";
import { adoptFromBrowser, preferencesShape, themeShape } from "./model/preferences.ts";
import { recordProjectView } from "./model/projectViews.ts";
import { rejection } from "./model/rejection.ts";
import { cutoffsOf, isEndedBy } from "./model/sessionCutoffs.ts";
import { endSession, recordSession, revokeOtherSessions, sessionShape } from "./model/sessions.ts";
import { profileArgs, syncUser } from "./model/userSync.ts";

/**
 * Records a sign-in. Stores the browser's theme and time zone if the user has none yet, and returns the
 * preferences that now apply.
 *
 * @param session - The session; its id must equal the token's `sid`.
 * @param browser - Theme and time zone of the browser.
 */
export const signedIn = signInMutation({
  args: {
    ...profileArgs,
    session: sessionShape,
    browser: v.optional(v.object({ theme: v.optional(themeShape), timeZone: v.optional(v.string()) })),
  },
  returns: v.object({ userId: v.id("users"), preferences: preferencesShape }),
  handler: async (ctx, { session, browser, ...profile }) => {
    if (profile.workosUserId !== ctx.caller.workosUserId)
      throw rejection("forbidden", "That is another person.");
    requireOwnSession(ctx.caller.sessionId, session.sessionId);
    const startedAt = session.startedAt ?? Date.now();
    requireEntry(ctx.caller, ctx.user, profile);
    const cutoffs = await cutoffsOf(ctx, profile.workosUserId);
    if (isEndedBy(cutoffs, { ...session, startedAt })) throw sessionEnded();
    const userId = await syncUser(ctx, ctx.user, profile, { from: "token", ...ctx.caller });
    const isNew = await recordSession(ctx, profile.workosUserId, session);
    if (isNew) await recordEvent(ctx, userId, "login", { device: session, target: session.sessionId });
    return { userId, preferences: await adoptFromBrowser(ctx, userId, browser ?? {}) };
  },
});

/** Records that a session got a new token, and so is in use. */
export const refreshed = edgeMutation({
  args: { session: sessionShape },
  returns: v.null(),
  handler: async (ctx, { session }) => {
    requireOwnSession(ctx.caller.sessionId, session.sessionId);
    await recordSession(ctx, ctx.caller.workosUserId, session);
    return null;
  },
});

/** Revokes the session of a user who signed out, and logs `logout`. Idempotent. */
export const signedOut = vouchedMutation({
  args: { sessionId: v.string(), ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { sessionId, ...device }) => {
    const ended = await endSession(ctx, ctx, sessionId);
    const { impersonator } = ctx;
    if (ended) await recordEventAbout(ctx, ctx, "logout", { device, target: sessionId, impersonator });
    return null;
  },
});

/** Revokes all sessions of the current user but the one of the token. */
export const otherSessionsEnded = edgeMutation({
  args: { sessionId: v.string(), ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { sessionId, ...device }) => {
    rejectImpersonator(ctx.caller);
    requireOwnSession(ctx.caller.sessionId, sessionId);
    const person = { workosUserId: ctx.caller.workosUserId, user: ctx.user };
    await revokeOtherSessions(ctx, person, sessionId, device);
    return null;
  },
});

// agents:start
/** Returns whether any project invites an e-mail. */
export const isInvited = workerQuery({
  args: { email: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { email }) => await isInvitedAnywhere(ctx, email),
});

/** Records that an admin opened a project that is not theirs, once an hour. */
export const projectViewed = edgeMutation({
  args: { projectId: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    if (ctx.user !== null) await recordProjectView(ctx, ctx.user, projectId);
    return null;
  },
});
// agents:end

/**
 * Closes the account of the current user: revokes every session and empties the row. The worker deletes the
 * user at WorkOS.
 *
 * @throws `conflict` for the last admin.
 */
export const accountDeleted = edgeMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    rejectImpersonator(ctx.caller);
    if (ctx.user === null) return null;
    await requireAnotherAdmin(ctx, ctx.user);
    await closeAccount(ctx, ctx.user);
    return null;
  },
});

function requireOwnSession(tokenSessionId: string, sessionId: string): void {
  if (tokenSessionId !== sessionId) {
    throw rejection("forbidden", "That is another session than the token's.");
  }
}
