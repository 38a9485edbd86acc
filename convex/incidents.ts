/** Incidents of alert rules, for the members of their projects. */

import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { viewerListQuery, viewerQuery } from "./functions.ts";
import {
  describedIncidentShape,
  incidentShape,
  incidentsPageOf,
  incidentsPageShape,
  listIncidents,
  newestIncidents,
  openIncidentsOfUser,
  placedIncidentShape,
} from "./model/alerts/incidents.ts";
import { lastOutages, outageShape, outagesOf } from "./model/alerts/outages.ts";
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
  handler: async (ctx) => await openIncidentsOfUser(ctx, ctx.user._id),
});

/** Returns the newest incidents of a project in words, for its page. */
export const newest = viewerQuery({
  args: { projectId: v.string() },
  returns: v.array(describedIncidentShape),
  handler: async (ctx, { projectId }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await newestIncidents(ctx, project._id);
  },
});

/** Returns the open and the last closed incidents of the caller's projects in words, for their page. */
export const mine = viewerQuery({
  args: {},
  returns: incidentsPageShape,
  handler: async (ctx) => await incidentsPageOf(ctx, ctx.user._id),
});

/**
 * Returns the last times in which alerts were not evaluated, oldest first; of a project that was restored also
 * the time before, from 0 on.
 */
export const outages = viewerQuery({
  args: { projectId: v.optional(v.string()) },
  returns: v.array(outageShape),
  handler: async (ctx, { projectId }) => {
    if (projectId === undefined) return await lastOutages(ctx);
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await outagesOf(ctx, project);
  },
});
