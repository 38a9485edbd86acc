/**
 * One query for each page: returns the current user and all the page's data in one call. It returns only what
 * the user may also read through the other functions.
 *
 * `cursor` is the value of `?cursor=` in the URL, absent on the first page of a list.
 */
import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { adminQuery, pageQuery, viewerQuery } from "./functions.ts";
import { isLastAdmin, listUsers } from "./model/admin.ts";
import { auditEntryShape, listEntries } from "./model/audit.ts";
import { auditEvent } from "./model/auditEvents.ts";
import { keysOf, listedKeyShape } from "./model/keys.ts";
import { latestOf, latestShape } from "./model/latest.ts";
import { lineOf, lineShape, linesOfAgents } from "./model/lines.ts";
import { membershipShape } from "./model/memberships.ts";
import { pageFrom } from "./model/paging.ts";
import { pointShape, recentOf } from "./model/points.ts";
import {
  describeProject,
  listedProjectShape,
  projectShape,
  projectsOf,
  requireProject,
} from "./model/projects.ts";
import { rejection } from "./model/rejection.ts";
import { mayManageProject } from "./model/roles.ts";
import { bucketShape, rangeShape, seriesOf } from "./model/rollups.ts";
import { listedSessionShape, sessionsOf } from "./model/sessions.ts";
import { colleagueShape, peopleIn, userShape, viewerOf, viewerShape } from "./model/users.ts";

/** Null before the first sync. */
const viewer = v.union(viewerShape, v.null());
const cursor = v.optional(v.string());

const viewerOnly = pageQuery({
  args: {},
  returns: v.object({ viewer }),
  handler: async (ctx) => ({ viewer: await viewerOf(ctx, ctx.user) }),
});

export const profile = viewerOnly;
export const settings = viewerOnly;
/** For pages that show only the current user's data. */
export const shell = viewerOnly;

/** `lines` has a sparkline for each project that has metrics. */
const everyProject = pageQuery({
  args: {},
  returns: v.object({ viewer, projects: v.array(listedProjectShape), lines: v.array(lineShape) }),
  handler: async (ctx) => {
    const projects = ctx.user === null ? [] : await projectsOf(ctx, ctx.user._id);
    const lines = await Promise.all(projects.map(({ _id, agents }) => lineOf(ctx, _id, agents[0])));
    return { viewer: await viewerOf(ctx, ctx.user), projects, lines: lines.filter((line) => line !== null) };
  },
});

export const home = everyProject;
export const dashboard = everyProject;

/**
 * `chart` shows the time series that the URL names, or else the newest; null if there are no metrics. `lines`
 * has a sparkline for each agent, of its newest time series. `keys` is null for users who may not manage API
 * keys.
 */
export const project = viewerQuery({
  args: {
    projectId: v.string(),
    range: rangeShape,
    agent: v.optional(v.string()),
    name: v.optional(v.string()),
    cursor,
  },
  returns: v.object({
    viewer,
    project: projectShape,
    membership: v.union(membershipShape, v.null()),
    agents: v.array(latestShape),
    lines: v.array(lineShape),
    chart: v.union(
      v.object({ agent: v.string(), name: v.string(), buckets: v.array(bucketShape) }),
      v.null(),
    ),
    recent: paginationResultValidator(pointShape),
    keys: v.union(v.array(listedKeyShape), v.null()),
  }),
  handler: async (ctx, args) => {
    const seen = await requireProject(ctx, ctx.user, args.projectId);
    const projectId = seen.project._id;
    const agents = await latestOf(ctx, projectId);
    const { agent, name } = args;
    const metric = agent !== undefined && name !== undefined ? { agent, name } : agents[0];
    return {
      viewer: await viewerOf(ctx, ctx.user),
      project: await describeProject(ctx, seen.project),
      membership: seen.membership,
      agents,
      lines: await linesOfAgents(ctx, projectId, agents),
      chart:
        metric === undefined
          ? null
          : {
              agent: metric.agent,
              name: metric.name,
              buckets: await seriesOf(ctx, { projectId, agent: metric.agent, name: metric.name }, args.range),
            },
      recent: await pageFrom(args.cursor, (opts) => recentOf(ctx, projectId, opts)),
      keys: mayManageProject(ctx.user.role, seen.membership) ? await keysOf(ctx, projectId) : null,
    };
  },
});

export const sessions = pageQuery({
  args: {},
  returns: v.object({ viewer, sessions: v.array(listedSessionShape) }),
  handler: async (ctx) => ({
    viewer: await viewerOf(ctx, ctx.user),
    sessions: ctx.user === null ? [] : await sessionsOf(ctx, ctx.user),
  }),
});

export const activity = pageQuery({
  args: { cursor },
  returns: v.object({ viewer, entries: paginationResultValidator(auditEntryShape) }),
  handler: async (ctx, args) => {
    const { user } = ctx;
    if (user === null) return { viewer: null, entries: { page: [], isDone: true, continueCursor: "" } };
    return {
      viewer: await viewerOf(ctx, user),
      entries: await pageFrom(args.cursor, (opts) => listEntries(ctx, opts, { userId: user._id })),
    };
  },
});

/** `lastAdmin` is true for the last admin, whose account cannot be deleted. */
export const account = pageQuery({
  args: {},
  returns: v.object({ viewer, lastAdmin: v.boolean() }),
  handler: async (ctx) => ({
    viewer: await viewerOf(ctx, ctx.user),
    lastAdmin: ctx.user !== null && (await isLastAdmin(ctx, ctx.user)),
  }),
});

/**
 * Returns all data stored about the current user, except the audit log, which `auditLogs.mine` returns in
 * pages.
 */
export const accountExport = viewerQuery({
  args: {},
  returns: v.object({
    viewer,
    projects: v.array(
      v.object({ _id: v.id("projects"), name: v.string(), createdAt: v.number(), role: membershipShape }),
    ),
    sessions: v.array(listedSessionShape),
  }),
  handler: async (ctx) => {
    const projects = await projectsOf(ctx, ctx.user._id);
    return {
      viewer: await viewerOf(ctx, ctx.user),
      projects: projects.map(({ _id, name, createdAt, role }) => ({ _id, name, createdAt, role })),
      sessions: await sessionsOf(ctx, ctx.user),
    };
  },
});

export const adminUsers = adminQuery({
  args: { search: v.optional(v.string()), cursor },
  returns: v.object({ viewer, users: paginationResultValidator(userShape) }),
  handler: async (ctx, args) => ({
    viewer: await viewerOf(ctx, ctx.user),
    users: await pageFrom(args.cursor, (opts) => listUsers(ctx, opts, args.search ?? "")),
  }),
});

/** `people` are the users that the entries of this page refer to. */
export const adminAudit = adminQuery({
  args: { userId: v.optional(v.string()), event: v.optional(auditEvent), cursor },
  returns: v.object({
    viewer,
    entries: paginationResultValidator(auditEntryShape),
    people: v.array(colleagueShape),
  }),
  handler: async (ctx, args) => {
    const userId = args.userId === undefined ? undefined : ctx.db.normalizeId("users", args.userId);
    if (userId === null) throw rejection("not_found", "There is no such person.");
    const filter = { ...(userId !== undefined && { userId }), event: args.event };
    const entries = await pageFrom(args.cursor, (opts) => listEntries(ctx, opts, filter));
    const named = entries.page.flatMap((entry) => [entry.userId, ...(entry.actorId ? [entry.actorId] : [])]);
    return { viewer: await viewerOf(ctx, ctx.user), entries, people: await peopleIn(ctx, named) };
  },
});
