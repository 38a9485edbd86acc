/** How often a key may send: 600 times in a minute that begins with its first request. */
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

const MOST_REQUESTS = 600;
const WINDOW_MS = 60_000;

/** Counts a request of this key; `retryAfterMs` says when the next minute begins. */
export async function takeTurn(
  ctx: MutationCtx,
  keyId: Id<"projectKeys">,
): Promise<{ ok: true } | { ok: false; retryAfterMs: number }> {
  const now = Date.now();
  const row = await ctx.db
    .query("ingestRates")
    .withIndex("by_key", (q) => q.eq("keyId", keyId))
    .unique();
  if (row === null) {
    await ctx.db.insert("ingestRates", { keyId, startedAt: now, requests: 1 });
  } else if (now >= row.startedAt + WINDOW_MS) {
    await ctx.db.patch("ingestRates", row._id, { startedAt: now, requests: 1 });
  } else if (row.requests >= MOST_REQUESTS) {
    return { ok: false, retryAfterMs: row.startedAt + WINDOW_MS - now };
  } else {
    await ctx.db.patch("ingestRates", row._id, { requests: row.requests + 1 });
  }
  return { ok: true };
}
