/** Incidents of alert rules, for the members of their projects. */

import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { viewerListQuery, viewerQuery } from "./functions.ts";
import {
  incidentShape,
  incidentsOfUser,
  listIncidents,
  placedIncidentShape,
} from "./model/alerts/incidents.ts";
import { requireProject } from "./model/projects.ts";

/** Returns the incidents of a project, newest first. */
export const list = viewerListQuery({
  args: { projectId: v.string() },
  returns: paginationResultValidator(incidentShape),
  handler: async (ctx, { projectId, paginationOpts }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await listIncidents(ctx, project._id, paginationOpts);
  },
});

/** Returns the open incidents of the caller's projects, newest first. */
export const open = viewerQuery({
  args: {},
  returns: v.array(placedIncidentShape),
  handler: async (ctx) => await incidentsOfUser(ctx, ctx.user._id, "open"),
});

/** Returns the incidents of the caller's projects that closed last, newest first. */
export const recent = viewerQuery({
  args: {},
  returns: v.array(placedIncidentShape),
  handler: async (ctx) => await incidentsOfUser(ctx, ctx.user._id, "closed", 50),
});
