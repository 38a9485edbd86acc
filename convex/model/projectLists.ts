/** Lists of a user's projects, from memberships and overviews alone. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { copyOf, membershipShape, membershipsOf } from "./memberships.ts";
import { visibleName } from "./names.ts";
import {
  drawnAgentShape,
  drawnAgents,
  findOverview,
  listedAgentShape,
  NO_AGENTS,
  summaryOf,
  summaryShape,
} from "./overview.ts";
import { projectFields } from "./projects.ts";

/** `restoredAt` is absent for a project that was never restored. */
const membershipFields = { ...projectFields, role: membershipShape, restoredAt: v.optional(v.number()) };

export const listedMembershipShape = v.object(membershipFields);

export type ListedMembership = Infer<typeof listedMembershipShape>;

/** `agents` is null for archived projects and those after the first 50. */
export const listedProjectShape = v.object({
  ...membershipFields,
  summary: summaryShape,
  agents: v.union(v.array(drawnAgentShape), v.null()),
});

/** Like {@link listedProjectShape}, with the summary only of projects whose agents are not listed. */
export const pageProjectShape = v.object({
  ...listedProjectShape.fields,
  summary: v.optional(summaryShape),
});

/** Like {@link listedProjectShape}, without sparklines and the time of the restoration. */
export const plainProjectShape = v.object({
  ...projectFields,
  role: membershipShape,
  summary: summaryShape,
  agents: v.union(v.array(listedAgentShape), v.null()),
});

export type ListedProject = Infer<typeof listedProjectShape>;
type PageProject = Infer<typeof pageProjectShape>;

/** The list has the agents of this many projects. */
const MOST_WITH_AGENTS = 50;

/** Returns the user's projects without agents, newest first. It does not change when agents report. */
export async function listMemberships(ctx: QueryCtx, userId: Id<"users">): Promise<ListedMembership[]> {
  const memberships = await membershipsOf(ctx, userId);
  return (await Promise.all(memberships.map((membership) => listed(ctx, membership)))).flat();
}

async function listed(ctx: QueryCtx, membership: Doc<"projectMembers">): Promise<ListedMembership[]> {
  const { projectId, role, projectCreatedAt } = membership;
  let { project } = membership;
  if (project === undefined) {
    // Written before memberships had a copy; the migration `copyProjects` adds it.
    const stored = await ctx.db.get("projects", projectId);
    if (stored === null) return [];
    project = copyOf(stored);
  }
  const { name, ownerId, archivedAt = null, restoredAt } = project;
  return [
    {
      ...{ _id: projectId, name: visibleName(name), ownerId, createdAt: projectCreatedAt, archivedAt, role },
      ...(restoredAt !== undefined && { restoredAt }),
    },
  ];
}

/**
 * Returns the user's projects with their agents, newest first.
 *
 * @param timeZone - The time zone of the agents' sums; null for UTC.
 */
export async function listProjects(
  ctx: QueryCtx,
  userId: Id<"users">,
  timeZone: string | null,
): Promise<ListedProject[]> {
  const projects = await listMemberships(ctx, userId);
  const shown = projects.filter(({ archivedAt }) => archivedAt === null).slice(0, MOST_WITH_AGENTS);
  const withAgents = new Set(shown.map(({ _id }) => _id));
  return await Promise.all(
    projects.map(async (project) => {
      if (!withAgents.has(project._id)) {
        return { ...project, summary: await summaryOf(ctx, project._id), agents: null };
      }
      const overview = await findOverview(ctx, project._id);
      const agents = drawnAgents(overview, timeZone);
      return { ...project, summary: overview?.summary ?? NO_AGENTS, agents };
    }),
  );
}

/** Returns the same for a page, which counts the listed agents itself: what it does not need costs the worker time. */
export async function listForPage(...args: Parameters<typeof listProjects>): Promise<PageProject[]> {
  const projects = await listProjects(...args);
  return projects.map(({ summary, ...project }) =>
    project.agents === null ? { ...project, summary } : project,
  );
}
