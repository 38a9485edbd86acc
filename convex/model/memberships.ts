/** Memberships: which users are in which project. */
import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import type { Membership } from "./roles.ts";

export const membershipShape = v.union(v.literal("owner"), v.literal("member"));

export async function findMembership(ctx: QueryCtx, projectId: Id<"projects">, userId: Id<"users">) {
  return await ctx.db
    .query("projectMembers")
    .withIndex("by_project", (q) => q.eq("projectId", projectId).eq("userId", userId))
    .unique();
}

/** Adds a user to a project. The caller must have checked that the user is not a member yet. */
export async function insertMember(
  ctx: MutationCtx,
  project: Pick<Doc<"projects">, "_id" | "createdAt">,
  userId: Id<"users">,
  role: Membership = "member",
): Promise<void> {
  await ctx.db.insert("projectMembers", {
    projectId: project._id,
    userId,
    role,
    projectCreatedAt: project.createdAt,
  });
}
