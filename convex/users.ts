/** Users: sync from WorkOS, profiles, the current user, and the admin's list. */
import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import {
  adminListQuery,
  adminMutation,
  pageQuery,
  syncMutation,
  viewerMutation,
  viewerQuery,
} from "./functions.ts";
import { setRole as giveRole, listUsers } from "./model/admin.ts";
import { requireEntry } from "./model/caller.ts";
import { rejectImpersonator } from "./model/identity.ts";
import { normalizeEmail } from "./model/input.ts";
import { rejection } from "./model/rejection.ts";
import { endSessionsOf, restoreUser, suspendUser } from "./model/suspension.ts";
import { profileFields, roleShape } from "./model/userFields.ts";
import { profileArgs, syncUser } from "./model/userSync.ts";
import {
  asColleague,
  changeProfile,
  colleagueShape,
  findByEmail,
  findByWorkOSId,
  mayReadAnyone,
  notYours,
  shareProject,
  userShape,
  viewerOf,
  viewerShape,
} from "./model/users.ts";

/** Creates or updates the token's user with the data from WorkOS. For the worker. */
export const syncFromWorkOS = syncMutation({
  args: profileArgs,
  returns: v.id("users"),
  handler: async (ctx, args) => {
    if (args.workosUserId !== ctx.caller.workosUserId)
      throw rejection("forbidden", "That is another person.");
    requireEntry(ctx.caller, ctx.user, args);
    return await syncUser(ctx, ctx.user, args, { from: "token", ...ctx.caller });
  },
});

export const updateProfile = viewerMutation({
  args: {
    userId: v.string(),
    ...profileFields,
  },
  returns: v.null(),
  handler: async (ctx, { userId, ...change }) => {
    const id = ctx.db.normalizeId("users", userId);
    if (id === null && mayReadAnyone(ctx.user)) throw rejection("not_found", "There is no such person.");
    if (id !== ctx.user._id) throw notYours();
    await changeProfile(ctx, ctx.user, change);
    return null;
  },
});

export const getByWorkOSId = pageQuery({
  args: { workosUserId: v.string() },
  returns: v.union(userShape, v.null()),
  handler: async (ctx, { workosUserId }) => {
    if (workosUserId === ctx.caller.workosUserId) return ctx.user;
    if (!mayReadAnyone(ctx.user)) throw notYours();
    return await findByWorkOSId(ctx, workosUserId);
  },
});

/**
 * Returns a user to that user and to admins.
 * Users who share a project see name and e-mail. // agents:line
 */
export const getById = viewerQuery({
  args: { userId: v.string() },
  returns: v.union(userShape, colleagueShape, v.null()),
  handler: async (ctx, { userId }) => {
    const id = ctx.db.normalizeId("users", userId);
    if (id === ctx.user._id) return ctx.user;
    if (mayReadAnyone(ctx.user)) return id === null ? null : await ctx.db.get("users", id);
    // agents:start
    const other = id === null ? null : await ctx.db.get("users", id);
    if (other !== null && (await shareProject(ctx, ctx.user._id, other._id))) return asColleague(other);
    // agents:end
    throw notYours();
  },
});

export const getByEmail = viewerQuery({
  args: { email: v.string() },
  returns: v.union(userShape, v.null()),
  handler: async (ctx, { email }) => {
    if (mayReadAnyone(ctx.user)) return await findByEmail(ctx, email);
    if (normalizeEmail(email) !== ctx.user.email) throw notYours();
    return ctx.user;
  },
});

/** Returns the current user, or null before the first sync. */
export const viewer = pageQuery({
  args: {},
  returns: v.union(viewerShape, v.null()),
  handler: async (ctx) => await viewerOf(ctx, ctx.user),
});

export const list = adminListQuery({
  args: { search: v.optional(v.string()) },
  returns: paginationResultValidator(userShape),
  handler: async (ctx, { paginationOpts, search }) => await listUsers(ctx, paginationOpts, search ?? ""),
});

export const setRole = adminMutation({
  args: { userId: v.string(), role: roleShape },
  returns: v.null(),
  handler: async (ctx, { userId, role }) => {
    rejectImpersonator(ctx.caller);
    await giveRole(ctx, ctx.user, userId, role);
    return null;
  },
});

const aUser = { args: { userId: v.string() }, returns: v.null() };

/** Suspends a user: their sessions end, and they may not enter. */
export const suspend = adminMutation({
  ...aUser,
  handler: async (ctx, { userId }) => {
    await suspendUser(ctx, ctx, userId);
    return null;
  },
});

/** Lets a suspended user enter again. */
export const restore = adminMutation({
  ...aUser,
  handler: async (ctx, { userId }) => {
    await restoreUser(ctx, ctx, userId);
    return null;
  },
});

/** Ends all sessions of a user, who may sign in again. */
export const endSessions = adminMutation({
  ...aUser,
  handler: async (ctx, { userId }) => {
    await endSessionsOf(ctx, ctx, userId);
    return null;
  },
});
