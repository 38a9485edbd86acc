/** Projects, for the people in them. */
import { v } from "convex/values";
import { viewerMutation, viewerQuery } from "./functions.ts";
import {
  createProject,
  describeProject,
  listedProjectShape,
  projectShape,
  projectsOf,
  requireProject,
} from "./model/projects.ts";
import { refusal } from "./model/refusal.ts";
import { mayReadAnyone, notYours } from "./model/users.ts";

/** Somebody's projects, newest first, with the latest figures of each; for themselves and for admins. */
export const getUserProjects = viewerQuery({
  args: { userId: v.string() },
  returns: v.array(listedProjectShape),
  handler: async (ctx, { userId }) => {
    const id = ctx.db.normalizeId("users", userId);
    if (id !== ctx.user._id && !mayReadAnyone(ctx.user)) throw notYours();
    const person = id === null ? null : await ctx.db.get("users", id);
    if (person === null) throw refusal("not_found", "There is no such person.");
    return await projectsOf(ctx, person._id);
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

export const create = viewerMutation({
  args: { name: v.string() },
  returns: v.id("projects"),
  handler: async (ctx, { name }) => await createProject(ctx, ctx.user, name),
});
