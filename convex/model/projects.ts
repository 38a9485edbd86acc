/** Projects: access checks, details and changes. */
import { type Infer, v } from "convex/values";
import { internal } from "../_generated/api.js";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { evaluateSoon } from "./alerts/dues.ts";
import { recordEvent } from "./audit.ts";
import { droppedOf, droppedShape } from "./drops.ts";
import { requireName } from "./input.ts";
import {
  findMembership,
  insertMember,
  membershipShape,
  membersOf,
  requireRoomForProject,
  saveProjectCopies,
} from "./memberships.ts";
import { visibleName } from "./names.ts";
import { findMade, rememberMade, submissionOf } from "./once.ts";
import { openOverview, saveOverview } from "./overview.ts";
import { rejection } from "./rejection.ts";
import { type Membership, mayManageProject, maySeeProject, roleAllows } from "./roles.ts";
import { nameFields } from "./userFields.ts";
import { asColleague } from "./users.ts";

const MOST_INVITES = 200;

/** `archivedAt` is null unless the project is archived. Times are Unix ms. */
export const projectFields = {
  _id: v.id("projects"),
  name: v.string(),
  ownerId: v.id("users"),
  createdAt: v.number(),
  archivedAt: v.union(v.number(), v.null()),
};

export const projectShape = v.object({
  ...projectFields,
  members: v.array(
    v.object({
      userId: v.id("users"),
      role: membershipShape,
      email: v.string(),
      ...nameFields,
      /** True for a suspended user, otherwise absent. */
      suspended: v.optional(v.boolean()),
    }),
  ),
  invited: v.array(v.string()),
  dropped: droppedShape,
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

/** Returns a project with its members: the owner first, then in the order in which they joined. */
export async function describeProject(ctx: QueryCtx, project: Doc<"projects">): Promise<Project> {
  const memberships = await membersOf(ctx, project._id);
  memberships.sort((a, b) => rank(a) - rank(b) || a._creationTime - b._creationTime);
  const members = await Promise.all(
    memberships.map(async ({ userId, role }) => {
      const user = await ctx.db.get("users", userId);
      if (user === null) return [];
      const { _id, ...known } = asColleague(user);
      return [{ userId, role, ...known, ...(user.status === "suspended" && { suspended: true }) }];
    }),
  );
  const invites = await ctx.db
    .query("projectInvites")
    .withIndex("by_project", (q) => q.eq("projectId", project._id))
    .take(MOST_INVITES);
  const { _id, name, ownerId, createdAt, archivedAt } = project;
  return {
    _id,
    name: visibleName(name),
    ownerId,
    createdAt,
    archivedAt: archivedAt ?? null,
    members: members.flat(),
    invited: invites.map(({ email }) => email),
    dropped: await droppedOf(ctx, _id),
  };
}

/**
 * Returns a project that the user may manage, archived or not.
 *
 * @throws `not_found` as {@link requireProject}; `forbidden` if the user may only see it.
 */
export async function requireOwnProject(
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
 * Returns a project that the user may change.
 *
 * @throws `conflict` if the project is archived; otherwise as {@link requireOwnProject}.
 */
export async function requireManagedProject(
  ctx: QueryCtx,
  user: Doc<"users">,
  projectId: string,
): Promise<Doc<"projects">> {
  const project = await requireOwnProject(ctx, user, projectId);
  if (project.archivedAt !== undefined) {
    throw rejection("conflict", "This project is archived. Restore it to change it.");
  }
  return project;
}

/**
 * Creates a project.
 *
 * @param once - Random value of the form, which makes one project however often it is submitted at a time.
 * @throws `forbidden` for the role viewer; `invalid` if the name breaks a rule; `limit_reached` if the user
 *   has as many projects as a user may have.
 */
export async function createProject(
  ctx: MutationCtx,
  owner: Doc<"users">,
  name: string,
  once?: string,
): Promise<Id<"projects">> {
  if (!roleAllows(owner.role, "projects.create"))
    throw rejection("forbidden", "Viewers cannot create projects.");
  const fields = { name: requireName(name), ownerId: owner._id, createdAt: Date.now() };
  const submission = await submissionOf(owner._id, once, "project", name);
  const made = await findMade(ctx, "projects", submission);
  if (made !== null) return made._id;
  await requireRoomForProject(ctx, owner._id, "owner");
  const projectId = await ctx.db.insert("projects", fields);
  await insertMember(ctx, { _id: projectId, ...fields }, owner._id, "owner");
  await rememberMade(ctx, submission, projectId);
  await recordEvent(ctx, owner._id, "project_created", { actorId: owner._id, target: fields.name });
  return projectId;
}

/**
 * Renames a project.
 *
 * @throws `invalid` if the name breaks a rule.
 */
export async function renameProject(
  ctx: MutationCtx,
  actor: Doc<"users">,
  project: Doc<"projects">,
  sentName: string,
): Promise<void> {
  const name = requireName(sentName);
  if (name === project.name) return;
  await changeProject(ctx, project, { name });
  await recordEvent(ctx, project.ownerId, "project_renamed", { actorId: actor._id, target: name });
}

/** Archives a project: it becomes read-only, and rejects metrics. Archiving it again changes nothing. */
export async function archiveProject(
  ctx: MutationCtx,
  actor: Doc<"users">,
  project: Doc<"projects">,
): Promise<void> {
  if (project.archivedAt !== undefined) return;
  await changeProject(ctx, project, { archivedAt: Date.now() });
  await ctx.scheduler.runAfter(0, internal.alerting.shut, { projectId: project._id });
  await recordEvent(ctx, project.ownerId, "project_archived", { actorId: actor._id, target: project.name });
}

/** Restores an archived project. Restoring another project changes nothing. */
export async function restoreProject(
  ctx: MutationCtx,
  actor: Doc<"users">,
  project: Doc<"projects">,
): Promise<void> {
  if (project.archivedAt === undefined) return;
  const now = Date.now();
  await changeProject(ctx, project, { archivedAt: undefined, restoredAt: now });
  const overview = await openOverview(ctx, project._id);
  // The summary says from when on an agent is silent.
  if (overview._id !== null) await saveOverview(ctx, project._id, overview, now);
  const agents = overview.agents.map(({ agent }) => agent);
  await evaluateSoon(ctx, project._id, agents, now);
  await recordEvent(ctx, project.ownerId, "project_restored", { actorId: actor._id, target: project.name });
}

async function changeProject(
  ctx: MutationCtx,
  project: Doc<"projects">,
  change: Partial<Pick<Doc<"projects">, "name" | "archivedAt" | "restoredAt">>,
): Promise<void> {
  await ctx.db.patch("projects", project._id, change);
  await saveProjectCopies(ctx, { ...project, ...change });
}

function rank({ role }: { role: Membership }): number {
  return role === "owner" ? 0 : 1;
}
