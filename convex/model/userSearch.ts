/** Search terms of users: prefix search by name and e-mail over one index. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

type Findable = Pick<Doc<"users">, "_id" | "status" | "email" | "firstName" | "lastName">;

/**
 * Returns the terms by which a user is found: full name, last name, e-mail; lower-cased, without duplicates.
 */
export function searchTerms(user: Omit<Findable, "_id">): string[] {
  if (user.status === "deleted") return [];
  const first = (user.firstName ?? "").toLowerCase();
  const last = (user.lastName ?? "").toLowerCase();
  return [...new Set([`${first} ${last}`.trim(), last, user.email])].filter((term) => term !== "");
}

/** Updates the stored terms of a user; writes only the differences. */
export async function saveSearchTerms(ctx: MutationCtx, user: Findable): Promise<void> {
  const wanted = new Set(searchTerms(user));
  for (const row of await rowsOf(ctx, user._id)) {
    if (!wanted.delete(row.term)) await ctx.db.delete("userSearch", row._id);
  }
  for (const term of wanted) await ctx.db.insert("userSearch", { userId: user._id, term });
}

async function rowsOf(ctx: MutationCtx, userId: Id<"users">) {
  return await ctx.db
    .query("userSearch")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .collect();
}
