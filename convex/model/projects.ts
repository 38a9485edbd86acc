/** Projects: access checks, lists and details. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireName } from "./input.ts";
import { latestOf, latestShape } from "./latest.ts";
import { findMembership, insertMember, membershipShape } from "./memberships.ts";
import { visibleName } from "./names.ts";
import { rejection } from "./rejection.ts";
import { type Membership, mayManageProject, maySeeProject, roleAllows } from "./roles.ts";
import { nameFields } from "./userFields.ts";
import { asColleague } from "./users.ts";

const MOST_PROJECTS = 500;
const MOST_PEOPLE = 1000;

const projectFields = {
  _id: v.id("projects"),
  name: v.string(),
  ownerId: v.id("users"),
  createdAt: v.number(),
};

export const listedMembershipShape = v.object({ ...projectFields, role: membershipShape });

export const listedProjectShape = v.object({
  ...projectFields,
  role: membershipShape,
  agents: v.array(latestShape),
});

export type ListedMembership = Infer<typeof listedMembershipShape>;

export type ListedProject = Infer<typeof listedProjectShape>;

export const projectShape = v.object({
  ...projectFields,
  members: v.array(
    v.object({
      userId: v.id("users"),
      role: membershipShape,
      email: v.string(),
      ...nameFields,
    }),
  ),
  invited: v.array(v.string()),
});

export type Project = Infer<typeof projectShape>;

/** A project that the user may see, with the user's membership (null for an admin who is not a member). */
export type SeenProject = { project: Doc<"projects">; membership: Membership | null };

/**
 * Returns a project that the user may see.
 *
 * @param projectId - The id from a URL. A malformed id counts as a project that does not exist.
 * @throws `not_found` if the project does not exist or the user may not see it.
 */
export async function requireProject(
  ctx: QueryCtx,
  user: Doc<"users">,
  projectId: string,
): Promise<SeenProject> {
  const id = ctx.db.normalizeId("projects", projectId);
  const project = id === null ? null : await ctx.db.get("projects", id);
  if (project !== null) {
    const membership = (await findMembership(ctx, project._id, user._id))?.role ?? null;
    if (maySeeProject(user.role, membership)) return { project, membership };
  }
  throw rejection("not_found", "There is no such project.");
}

/**
 * Limits of a list of projects: about this many latest values in total, and at least the second number per
 * project.
 */
const MOST_LATEST = 10_000;
const LEAST_LATEST_PER_PROJECT = 24;

/** Returns the user's projects with the latest values of each, newest project first. */
export async function projectsOf(ctx: QueryCtx, userId: Id<"users">): Promise<ListedProject[]> {
  const projects = await membershipsOf(ctx, userId);
  const each = Math.max(LEAST_LATEST_PER_PROJECT, Math.floor(MOST_LATEST / Math.max(10, projects.length)));
  return await Promise.all(
    projects.map(async (project) => ({ ...project, agents: await latestOf(ctx, project._id, each) })),
  );
}

/** Returns the user's projects, newest first. As a live query it does not re-run on ingestion. */
export async function membershipsOf(ctx: QueryCtx, userId: Id<"users">): Promise<ListedMembership[]> {
  const memberships = await ctx.db
    .query("projectMembers")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .order("desc")
    .take(MOST_PROJECTS);
  const listed = await Promise.all(
    memberships.map(async ({ projectId, role }) => {
      const project = await ctx.db.get("projects", projectId);
      return project === null ? [] : [{ ...plain(project), role }];
    }),
  );
  return listed.flat();
}

/** Returns a project with its members: the owner first, then in the order in which they joined. */
export async function describeProject(ctx: QueryCtx, project: Doc<"projects">): Promise<Project> {
  const memberships = await ctx.db
    .query("projectMembers")
    .withIndex("by_project", (q) => q.eq("projectId", project._id))
    .take(MOST_PEOPLE);
  memberships.sort((a, b) => rank(a) - rank(b) || a._creationTime - b._creationTime);
  const members = await Promise.all(
    memberships.map(async ({ userId, role }) => {
      const user = await ctx.db.get("users", userId);
      if (user === null) return [];
      const { _id, ...known } = asColleague(user);
      return [{ userId, role, ...known }];
    }),
  );
  const invites = await ctx.db
    .query("projectInvites")
    .withIndex("by_project", (q) => q.eq("projectId", project._id))
    .take(MOST_PEOPLE);
  return { ...plain(project), members: members.flat(), invited: invites.map(({ email }) => email) };
}

/**
 * Returns a project that the user may change.
 *
 * @throws `not_found` as {@link requireProject}; `forbidden` if the user may only see it.
 */
export async function requireManagedProject(
  ctx: QueryCtx,
  user: Doc<"users">,
  projectId: string,
): Promise<Doc<"projects">> {
  const { project, membership } = await requireProject(ctx, user, projectId);
  if (!mayManageProject(user.role, membership)) {
    throw rejection("forbidden", "Only the project's owner or an admin may do this.");
  }
  return project;
}

/**
 * Creates a project.
 *
 * @throws `forbidden` for the role viewer; `invalid` if the name breaks a rule.
 */
export async function createProject(
  ctx: MutationCtx,
  owner: Doc<"users">,
  name: string,
): Promise<Id<"projects">> {
  if (!roleAllows(owner.role, "projects.create"))
    throw rejection("forbidden", "Viewers cannot create projects.");
  const createdAt = Date.now();
  const projectId = await ctx.db.insert("projects", {
    name: requireName(name),
    ownerId: owner._id,
    createdAt,
  });
  await insertMember(ctx, { _id: projectId, createdAt }, owner._id, "owner");
  return projectId;
}

function plain({ _id, name, ownerId, createdAt }: Doc<"projects">) {
  return { _id, name: visibleName(name), ownerId, createdAt };
}

function rank({ role }: { role: Membership }): number {
  return role === "owner" ? 0 : 1;
}
