/**
 * One query for each page: who is looking, whether their session still stands, and all the page shows, in one call.
 * Nothing here that the functions of the tables would not give the same person.
 */
import { v } from "convex/values";
import { pageQuery } from "./functions.ts";
import { listedProjectShape, projectsOf } from "./model/projects.ts";
import { viewerOf, viewerShape } from "./model/users.ts";

/** Null before the first sync. */
const viewer = v.union(viewerShape, v.null());

const viewerOnly = pageQuery({
  args: {},
  returns: v.object({ viewer }),
  handler: async (ctx) => ({ viewer: await viewerOf(ctx, ctx.user) }),
});

const viewerAndProjects = pageQuery({
  args: {},
  returns: v.object({ viewer, projects: v.array(listedProjectShape) }),
  handler: async (ctx) => ({
    viewer: await viewerOf(ctx, ctx.user),
    projects: ctx.user === null ? [] : await projectsOf(ctx, ctx.user._id),
  }),
});

export const home = viewerAndProjects;
export const dashboard = viewerAndProjects;
export const profile = viewerOnly;
export const settings = viewerOnly;
/** For a page without data of its own. */
export const shell = viewerOnly;
