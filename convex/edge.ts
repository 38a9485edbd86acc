/**
 * What the worker tells Convex at the turns of a session, each in one trip: a sign-in syncs the person, records the
 * session and writes the log in a single transaction.
 */
import { v } from "convex/values";
import { edgeMutation, vouchedMutation } from "./functions.ts";
import { closeAccount } from "./model/accounts.ts";
import { requireAnotherAdmin } from "./model/admin.ts";
import { deviceArgs, recordEvent, recordEventAbout } from "./model/audit.ts";
import { adoptFromBrowser, preferencesShape, themeShape } from "./model/preferences.ts";
import { refusal } from "./model/refusal.ts";
import { endSession, recordSession, sessionShape } from "./model/sessions.ts";
import { profileArgs, syncUser } from "./model/userSync.ts";

/**
 * Somebody signed in. Give the session's own id (the token's `sid`), who acts as the person where that is somebody
 * else, and what the browser knows of theme and time zone: these are stored where nothing is stored yet, and what
 * counts from now on comes back.
 */
export const signedIn = edgeMutation({
  args: {
    ...profileArgs,
    session: sessionShape,
    impersonator: v.optional(v.string()),
    browser: v.optional(v.object({ theme: v.optional(themeShape), timeZone: v.optional(v.string()) })),
  },
  returns: v.object({ userId: v.id("users"), preferences: preferencesShape }),
  handler: async (ctx, { session, impersonator, browser, ...profile }) => {
    if (profile.workosUserId !== ctx.caller.workosUserId)
      throw refusal("forbidden", "That is another person.");
    requireOwnSession(ctx.caller.sessionId, session.sessionId);
    const userId = await syncUser(ctx, ctx.user, profile, { from: "token", roleClaim: ctx.caller.roleClaim });
    await recordSession(ctx, profile.workosUserId, session);
    await recordEvent(ctx, userId, "login", {
      device: session,
      target: impersonator === undefined ? session.sessionId : `impersonated by ${impersonator}`,
    });
    return { userId, preferences: await adoptFromBrowser(ctx, userId, browser ?? {}) };
  },
});

/** A session got a new token: it is alive. */
export const refreshed = edgeMutation({
  args: { session: sessionShape },
  returns: v.null(),
  handler: async (ctx, { session }) => {
    requireOwnSession(ctx.caller.sessionId, session.sessionId);
    await recordSession(ctx, ctx.caller.workosUserId, session);
    return null;
  },
});

/** Somebody signed out: their session is over, and the log says `logout`. Saying it again changes nothing. */
export const signedOut = vouchedMutation({
  args: { sessionId: v.string(), ...deviceArgs },
  returns: v.null(),
  handler: async (ctx, { sessionId, ...device }) => {
    const ended = await endSession(ctx, ctx, sessionId);
    if (ended) await recordEventAbout(ctx, ctx, "logout", { device, target: sessionId });
    return null;
  },
});

/**
 * Somebody deleted their account (at WorkOS too, which is the worker's part): every session ends, the row is emptied.
 *
 * @throws `conflict` for the last admin.
 */
export const accountDeleted = edgeMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    if (ctx.user === null) return null;
    await requireAnotherAdmin(ctx, ctx.user);
    await closeAccount(ctx, ctx.user);
    return null;
  },
});

function requireOwnSession(tokenSessionId: string | null, sessionId: string): void {
  if (tokenSessionId !== null && tokenSessionId !== sessionId) {
    throw refusal("forbidden", "That is another session than the token's.");
  }
}
