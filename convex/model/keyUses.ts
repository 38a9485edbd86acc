/** Last uses of API keys, in a table apart because each request reads the key. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { MINUTE_MS, startOf } from "./intervals.ts";

/** Notes when an API key was used, rounded to the minute so that a busy key is written once a minute. */
export async function noteUse(ctx: MutationCtx, keyId: Id<"projectKeys">, at: number): Promise<void> {
  const lastUsedAt = startOf(at, MINUTE_MS);
  const row = await findUse(ctx, keyId);
  if (row === null) await ctx.db.insert("keyUses", { keyId, lastUsedAt });
  else if (row.lastUsedAt < lastUsedAt) await ctx.db.patch("keyUses", row._id, { lastUsedAt });
}

/** Returns when an API key was last used; null if it never was. */
export async function lastUseOf(ctx: QueryCtx, key: Doc<"projectKeys">): Promise<number | null> {
  return (await findUse(ctx, key._id))?.lastUsedAt ?? key.lastUsedAt ?? null;
}

export async function findUse(
  ctx: Pick<QueryCtx, "db">,
  keyId: Id<"projectKeys">,
): Promise<Doc<"keyUses"> | null> {
  return await ctx.db
    .query("keyUses")
    .withIndex("by_key", (q) => q.eq("keyId", keyId))
    .unique();
}
