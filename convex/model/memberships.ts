/**
 * Memberships: which users are in which project. Each has a copy of what a list shows of the project, and the
 * member's time zone, so that lists read no projects and projects no preferences.
 */
import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { dropEmailChannels } from "./alerts/emailChannels.ts";
import { rejection } from "./rejection.ts";
import type { Membership } from "./roles.ts";
import { scheduleRefresh } from "./zones.ts";

export const membershipShape = v.union(v.literal("owner"), v.literal("member"));

/** What a membership knows of its project. */
export const projectCopyShape = v.object({
  name: v.string(),
  ownerId: v.id("users"),
  archivedAt: v.optional(v.number()),
  restoredAt: v.optional(v.number()),
});

type ProjectFields = Omit<Doc<"projects">, "_creationTime">;

export const MOST_MEMBERS = 500;
export const MOST_PROJECTS = 500;
const MOST_OWNED = 200;

export async function findMembership(ctx: QueryCtx, projectId: Id<"projects">, userId: Id<"users">) {
  return await ctx.db
    .query("projectMembers")
    .withIndex("by_project", (q) => q.eq("projectId", projectId).eq("userId", userId))
    .unique();
}

export async function membersOf(ctx: QueryCtx, projectId: Id<"projects">): Promise<Doc<"projectMembers">[]> {
  return await ctx.db
    .query("projectMembers")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .take(MOST_MEMBERS);
}

/** Returns the memberships of a user, newest project first. */
export async function membershipsOf(ctx: QueryCtx, userId: Id<"users">): Promise<Doc<"projectMembers">[]> {
  return await ctx.db
    .query("projectMembers")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .order("desc")
    .take(MOST_PROJECTS);
}

/** Returns the stored time zone of a user; null if none is stored. */
async function timeZoneOf(ctx: QueryCtx, userId: Id<"users">): Promise<string | null> {
  const preferences = await ctx.db
    .query("preferences")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .unique();
  return preferences?.timeZone ?? null;
}

/** Adds a user to a project. The caller must have checked that the user is not a member yet. */
export async function insertMember(
  ctx: MutationCtx,
  project: ProjectFields,
  userId: Id<"users">,
  role: Membership = "member",
): Promise<void> {
  const timeZone = await timeZoneOf(ctx, userId);
  await ctx.db.insert("projectMembers", {
    projectId: project._id,
    userId,
    role,
    projectCreatedAt: project.createdAt,
    project: copyOf(project),
    ...(timeZone !== null && { timeZone }),
  });
  if (timeZone !== null) await scheduleRefresh(ctx, project._id);
}

/** Removes a member from a project, with the alerts to this member. */
export async function deleteMember(
  ctx: MutationCtx,
  { _id, projectId, userId, timeZone }: Doc<"projectMembers">,
): Promise<void> {
  await ctx.db.delete("projectMembers", _id);
  await dropEmailChannels(ctx, userId, projectId);
  if (timeZone !== undefined) await scheduleRefresh(ctx, projectId);
}

/**
 * Checks that a user may get another project.
 *
 * @throws `limit_reached` if the user has as many projects as a user may have.
 */
export async function requireRoomForProject(
  ctx: QueryCtx,
  userId: Id<"users">,
  role: Membership,
): Promise<void> {
  const memberships = await membershipsOf(ctx, userId);
  if (memberships.length >= MOST_PROJECTS) {
    throw rejection("limit_reached", `A user is in at most ${MOST_PROJECTS} projects. Leave one first.`);
  }
  if (role === "owner" && memberships.filter((one) => one.role === "owner").length >= MOST_OWNED) {
    const message = `A user has at most ${MOST_OWNED} projects. Ask an admin to delete one first.`;
    throw rejection("limit_reached", message);
  }
}

/**
 * Checks that a project may get another member.
 *
 * @throws `limit_reached` if the project has as many members as it may have.
 */
export async function requireRoomForMember(ctx: QueryCtx, projectId: Id<"projects">): Promise<void> {
  if ((await membersOf(ctx, projectId)).length >= MOST_MEMBERS) {
    throw rejection("limit_reached", `A project has at most ${MOST_MEMBERS} members. Remove one first.`);
  }
}

/** Updates what all members know of a project. */
export async function saveProjectCopies(ctx: MutationCtx, project: ProjectFields): Promise<void> {
  const members = await membersOf(ctx, project._id);
  const copy = copyOf(project);
  await Promise.all(members.map(({ _id }) => ctx.db.patch("projectMembers", _id, { project: copy })));
}

/** Updates the time zone of a user in all projects, and what these projects sum up. */
export async function saveTimeZone(ctx: MutationCtx, userId: Id<"users">, timeZone: string): Promise<void> {
  for (const { _id, projectId, timeZone: before } of await membershipsOf(ctx, userId)) {
    if (before === timeZone) continue;
    await ctx.db.patch("projectMembers", _id, { timeZone });
    await scheduleRefresh(ctx, projectId);
  }
}

/** Returns the fields of a project that each membership repeats. */
export function copyOf({ name, ownerId, archivedAt, restoredAt }: ProjectFields) {
  return {
    ...{ name, ownerId },
    ...(archivedAt !== undefined && { archivedAt }),
    ...(restoredAt !== undefined && { restoredAt }),
  };
}
