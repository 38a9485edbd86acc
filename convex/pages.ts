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
import { detailedAgentShape, detailsOf } from "./model/agentDetails.ts";
import { historyOf, requireAgent, stateChangeShape } from "./model/agents.ts";
import { incidentsPageOf, incidentsPageShape } from "./model/alerts/incidents.ts";
import { lastOutages, outageShape, outagesOf } from "./model/alerts/outages.ts";
import { pageAlertsOf, pageAlertsShape } from "./model/alerts/pageAlerts.ts";
import { auditEntryShape, listEntries } from "./model/audit.ts";
import { auditEvent } from "./model/auditEvents.ts";
import { listedPointShape, recentOf } from "./model/batches.ts";
import { bucketShape, chartOf, rangeShape, requireUntil } from "./model/charts.ts";
import { rejectImpersonator } from "./model/identity.ts";
import { keysOf, listedKeyShape } from "./model/keys.ts";
import { kindShape } from "./model/kinds.ts";
import { membershipShape } from "./model/memberships.ts";
import { visibleName } from "./model/names.ts";
import { drawnAgentShape, drawnAgents, findOverview, newestOf } from "./model/overview.ts";
import { pageFrom } from "./model/paging.ts";
import { listForPage, listMemberships, pageProjectShape } from "./model/projectLists.ts";
import { describeProject, projectShape, requireProject } from "./model/projects.ts";
import { rejection } from "./model/rejection.ts";
import { mayManageProject } from "./model/roles.ts";
import { listedSessionShape, sessionsOf } from "./model/sessions.ts";
import { findSeries } from "./model/timeSeries.ts";
import { totalShape, totalsOf } from "./model/totals.ts";
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

// agents:start
const everyProject = pageQuery({
  args: {},
  returns: v.object({ viewer, projects: v.array(pageProjectShape), outages: v.array(outageShape) }),
  handler: async (ctx) => {
    const user = await viewerOf(ctx, ctx.user);
    if (user === null) return { viewer: null, projects: [], outages: [] };
    return {
      viewer: user,
      projects: await listForPage(ctx, user._id, user.preferences.timeZone),
      outages: await lastOutages(ctx),
    };
  },
});

export const home = everyProject;
export const dashboard = everyProject;

/**
 * `chart` shows the time series that the URL names, or else the newest; null if there are no metrics. `keys`
 * is null for users who may not manage API keys.
 */
export const project = viewerQuery({
  args: {
    projectId: v.string(),
    range: rangeShape,
    agent: v.optional(v.string()),
    name: v.optional(v.string()),
    until: v.optional(v.number()),
    cursor,
  },
  returns: v.object({
    viewer,
    project: projectShape,
    membership: v.union(membershipShape, v.null()),
    agents: v.array(drawnAgentShape),
    chart: v.union(
      v.object({ agent: v.string(), name: v.string(), kind: kindShape, buckets: v.array(bucketShape) }),
      v.null(),
    ),
    totals: v.array(totalShape),
    recent: paginationResultValidator(listedPointShape),
    keys: v.union(v.array(listedKeyShape), v.null()),
    alerts: pageAlertsShape,
    outages: v.array(outageShape),
  }),
  handler: async (ctx, args) => {
    const seen = await requireProject(ctx, ctx.user, args.projectId);
    const projectId = seen.project._id;
    const user = await viewerOf(ctx, ctx.user);
    const agents = drawnAgents(await findOverview(ctx, projectId), user?.preferences.timeZone ?? null);
    const { agent, name } = args;
    const metric = agent !== undefined && name !== undefined ? { agent, name } : newestOf(agents);
    const until = requireUntil(args.until);
    const mayManage = mayManageProject(ctx.user.role, seen.membership);
    return {
      viewer: user,
      project: await describeProject(ctx, seen.project),
      membership: seen.membership,
      agents,
      chart: metric && {
        ...metric,
        kind: (await findSeries(ctx, projectId, metric.agent, metric.name))?.kind ?? "gauge",
        buckets: (await chartOf(ctx, { projectId, ...metric }, args.range, until)) ?? [],
      },
      totals: await totalsOf(ctx, projectId, until, user?.preferences.timeZone ?? null),
      recent: await pageFrom(args.cursor, (opts) => recentOf(ctx, projectId, opts)),
      keys: mayManage ? await keysOf(ctx, projectId) : null,
      alerts: await pageAlertsOf(ctx, projectId, mayManage),
      outages: await outagesOf(ctx, seen.project),
    };
  },
});

/** Incidents of all projects of the current user. */
export const alerts = pageQuery({
  args: {},
  returns: v.object({
    viewer,
    incidents: incidentsPageShape,
    outages: v.array(outageShape),
  }),
  handler: async (ctx) => {
    const user = await viewerOf(ctx, ctx.user);
    if (user === null) return { viewer: null, incidents: { open: [], recent: [] }, outages: [] };
    return {
      viewer: user,
      incidents: await incidentsPageOf(ctx, user._id),
      outages: await lastOutages(ctx),
    };
  },
});

/** `chart` shows the time series that the URL names, or else the agent's newest; null without metrics. */
export const agent = viewerQuery({
  args: {
    projectId: v.string(),
    agent: v.string(),
    range: rangeShape,
    name: v.optional(v.string()),
    until: v.optional(v.number()),
    cursor,
  },
  returns: v.object({
    viewer,
    project: v.object({ name: v.string(), archivedAt: v.union(v.number(), v.null()) }),
    membership: v.union(membershipShape, v.null()),
    agent: detailedAgentShape,
    history: v.array(stateChangeShape),
    chart: v.union(v.object({ name: v.string(), kind: kindShape, buckets: v.array(bucketShape) }), v.null()),
    recent: paginationResultValidator(listedPointShape),
    outages: v.array(outageShape),
  }),
  handler: async (ctx, args) => {
    const { project, membership } = await requireProject(ctx, ctx.user, args.projectId);
    const found = await requireAgent(ctx, project._id, args.agent);
    const user = await viewerOf(ctx, ctx.user);
    const details = await detailsOf(ctx, found, user?.preferences.timeZone ?? null);
    const name = args.name ?? details.metrics[0]?.name;
    const key = name === undefined ? null : { projectId: project._id, agent: args.agent, name };
    const until = requireUntil(args.until);
    return {
      viewer: user,
      project: { name: visibleName(project.name), archivedAt: project.archivedAt ?? null },
      membership,
      agent: details,
      history: await historyOf(ctx, found),
      chart: key && {
        name: key.name,
        kind: details.series.find((series) => series.name === key.name)?.kind ?? "gauge",
        buckets: (await chartOf(ctx, key, args.range, until)) ?? [],
      },
      recent: await pageFrom(args.cursor, (opts) => recentOf(ctx, project._id, opts, args.agent)),
      outages: await outagesOf(ctx, project),
    };
  },
});
// agents:end

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
    // agents:start
    projects: v.array(
      v.object({ _id: v.id("projects"), name: v.string(), createdAt: v.number(), role: membershipShape }),
    ),
    // agents:end
    sessions: v.array(listedSessionShape),
  }),
  handler: async (ctx) => {
    rejectImpersonator(ctx.caller);
    // agents:start
    const memberships = await listMemberships(ctx, ctx.user._id);
    const projects = memberships.map(({ _id, name, createdAt, role }) => ({ _id, name, createdAt, role }));
    // agents:end
    return {
      viewer: await viewerOf(ctx, ctx.user),
      projects, // agents:line
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
