/** Admin functions: list users, set roles, and keep at least one admin. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { listsIn, pageOf } from "./lists.ts";
import { rejection } from "./rejection.ts";
import type { Role } from "./roles.ts";
import { searchTerms } from "./userSearch.ts";
import { noteRoleChosen } from "./userSync.ts";

/**
 * Returns one page of the users, sorted by e-mail, suspended ones included. With a search, only those whose
 * full name, last name or e-mail starts with it.
 *
 * @param search - Compared trimmed and case-insensitively.
 */
export async function listUsers(
  ctx: QueryCtx,
  paginationOpts: PaginationOptions,
  search: string,
): Promise<PaginationResult<Doc<"users">>> {
  const start = search.trim().toLowerCase();
  if (start === "") {
    // A deleted user has no e-mail.
    const users = listsIn(ctx)
      .query("users")
      .withIndex("by_email", (q) => q.gt("email", ""));
    return await pageOf(users, paginationOpts);
  }
  const found = listsIn(ctx)
    .query("userSearch")
    .withIndex("by_term", (q) => q.gte("term", start).lt("term", `${start}\u{10ffff}`))
    .map(async ({ userId, term }) => {
      const user = await ctx.db.get("users", userId);
      // A user who matches by several terms is listed only at the first, so that pages do not repeat a user.
      return user !== null && firstMatch(user, start) === term ? user : null;
    });
  return await pageOf(found, paginationOpts);
}

/**
 * Sets a user's role. From then on it overrides the role claim of the token.
 *
 * @throws `not_found` if there is no such active user; `conflict` when the last admin would lose the role.
 */
export async function setRole(
  ctx: MutationCtx,
  admin: Doc<"users">,
  userId: string,
  role: Role,
): Promise<void> {
  const id = ctx.db.normalizeId("users", userId);
  const user = id === null ? null : await ctx.db.get("users", id);
  if (user === null || user.status === "deleted") throw rejection("not_found", "There is no such person.");
  if (user.role === role) return;
  if (user.role === "admin") await requireAnotherAdmin(ctx, user);
  await ctx.db.patch("users", user._id, { role, updatedAt: Date.now() });
  await noteRoleChosen(ctx, user._id);
  await recordEvent(ctx, user._id, "role_changed", { actorId: admin._id, target: role });
}

/**
 * Checks that there is another admin.
 *
 * @throws `conflict` when this user is the last admin.
 */
export async function requireAnotherAdmin(ctx: QueryCtx, user: Doc<"users">): Promise<void> {
  if (await isLastAdmin(ctx, user))
    throw rejection("conflict", "This is the last admin; make another one first.");
}

export async function hasActiveAdmin(ctx: QueryCtx): Promise<boolean> {
  const admin = await ctx.db
    .query("users")
    .withIndex("by_role_status", (q) => q.eq("role", "admin").eq("status", "active"))
    .first();
  return admin !== null;
}

/** Returns whether a user is the only active admin. */
export async function isLastAdmin(ctx: QueryCtx, user: Doc<"users">): Promise<boolean> {
  if (user.role !== "admin") return false;
  const admins = await ctx.db
    .query("users")
    .withIndex("by_role_status", (q) => q.eq("role", "admin").eq("status", "active"))
    .take(2);
  return admins.every(({ _id }) => _id === user._id);
}

function firstMatch(user: Doc<"users">, start: string): string | undefined {
  return searchTerms(user)
    .filter((term) => term.startsWith(start))
    .sort()[0];
}
