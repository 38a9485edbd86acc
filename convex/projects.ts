/** Projects, for their members and admins. */
import { v } from "convex/values";
import { adminMutation, viewerMutation, viewerQuery } from "./functions.ts";
import { deleteProject as removeWhole } from "./model/deletion.ts";
import {
  addMember as add,
  leaveProject,
  removeMember as remove,
  removeInvite as withdraw,
} from "./model/members.ts";
import { findMembership } from "./model/memberships.ts";
import { drawnAgentShape, drawnAgents, findOverview, withoutLine } from "./model/overview.ts";
import { timeZoneOf } from "./model/preferences.ts";
import {
  listedMembershipShape,
  listMemberships,
  listProjects,
  plainProjectShape,
} from "./model/projectLists.ts";
import {
  archiveProject,
  createProject,
  describeProject,
  projectShape,
  renameProject,
  requireManagedProject,
  requireOwnProject,
  requireProject,
  restoreProject,
} from "./model/projects.ts";
import { rejection } from "./model/rejection.ts";
import { mayReadAnyone, notYours } from "./model/users.ts";

/** Returns a user's projects with their agents, newest first. For the user and admins. */
export const getUserProjects = viewerQuery({
  args: { userId: v.string() },
  returns: v.array(plainProjectShape),
  handler: async (ctx, { userId }) => {
    const id = ctx.db.normalizeId("users", userId);
    if (id !== ctx.user._id && !mayReadAnyone(ctx.user)) throw notYours();
    const person = id === null ? null : await ctx.db.get("users", id);
    if (person === null) throw rejection("not_found", "There is no such person.");
    const projects = await listProjects(ctx, person._id, await timeZoneOf(ctx, ctx.user._id));
    return projects.map(({ restoredAt: _, agents, ...project }) => ({
      ...project,
      agents: agents?.map(withoutLine) ?? null,
    }));
  },
});

/** Returns the current user's projects without agents. As a live query it does not re-run on ingestion. */
export const mine = viewerQuery({
  args: {},
  returns: v.array(listedMembershipShape),
  handler: async (ctx) => await listMemberships(ctx, ctx.user._id),
});

/**
 * Returns the agents of one project with their sparklines. A separate live query for each project, so that a
 * report re-runs the query of one project only. It reads two documents besides those of the user.
 */
export const overview = viewerQuery({
  args: { projectId: v.string() },
  returns: v.array(drawnAgentShape),
  handler: async (ctx, { projectId }) => {
    const id = ctx.db.normalizeId("projects", projectId);
    const membership = id === null ? null : await findMembership(ctx, id, ctx.user._id);
    if (id !== null && membership !== null) {
      return drawnAgents(await findOverview(ctx, id), membership.timeZone ?? null);
    }
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return drawnAgents(await findOverview(ctx, project._id), await timeZoneOf(ctx, ctx.user._id));
  },
});

export const get = viewerQuery({
  args: { projectId: v.string() },
  returns: projectShape,
  handler: async (ctx, { projectId }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await describeProject(ctx, project);
  },
});

/** Creates a project. Calls with the same random value `once` and the same name create one project. */
export const create = viewerMutation({
  args: { name: v.string(), once: v.optional(v.string()) },
  returns: v.id("projects"),
  handler: async (ctx, { name, once }) => await createProject(ctx, ctx.user, name, once),
});

export const rename = viewerMutation({
  args: { projectId: v.string(), name: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId, name }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    await renameProject(ctx, ctx.user, project, name);
    return null;
  },
});

/** Makes a project read-only. It rejects metrics until it is restored. */
export const archive = viewerMutation({
  args: { projectId: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    await archiveProject(ctx, ctx.user, await requireOwnProject(ctx, ctx.user, projectId));
    return null;
  },
});

export const restore = viewerMutation({
  args: { projectId: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    await restoreProject(ctx, ctx.user, await requireOwnProject(ctx, ctx.user, projectId));
    return null;
  },
});

export const addMember = viewerMutation({
  args: { projectId: v.string(), email: v.string() },
  returns: v.union(v.literal("added"), v.literal("invited")),
  handler: async (ctx, { projectId, email }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    return await add(ctx, ctx.user, project, email);
  },
});

export const removeMember = viewerMutation({
  args: { projectId: v.string(), userId: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId, userId }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    await remove(ctx, ctx.user, project, userId);
    return null;
  },
});

export const removeInvite = viewerMutation({
  args: { projectId: v.string(), email: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId, email }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    await withdraw(ctx, ctx.user, project, email);
    return null;
  },
});

/** Removes the current user from a project. Viewers may leave too. */
export const leave = viewerMutation({
  args: { projectId: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    await leaveProject(ctx, ctx.user, await requireProject(ctx, ctx.user, projectId));
    return null;
  },
});

/** Deletes a project immediately; its data is purged in the background. */
export const deleteProject = adminMutation({
  args: { projectId: v.string() },
  returns: v.null(),
  handler: async (ctx, { projectId }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    await removeWhole(ctx, ctx.user, project);
    return null;
  },
});
