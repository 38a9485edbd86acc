/** Repeated submissions of one form without JavaScript, so that a double click makes one thing. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { sha256Hex } from "./hex.ts";
import { MINUTE_MS } from "./intervals.ts";

/** A form submitted again within this time makes nothing. */
const AGAIN_MS = MINUTE_MS;

/**
 * Returns the hash that recognizes a submission.
 *
 * @param once - Random value in the form's HTML; undefined if every call makes something.
 * @param values - The other values of the form. With other values it makes another thing.
 * @returns The hash; null if every call makes something.
 */
export async function submissionOf(
  userId: Id<"users">,
  once: string | undefined,
  ...values: unknown[]
): Promise<string | null> {
  return once === undefined ? null : await sha256Hex(JSON.stringify([userId, once, ...values]));
}

/** Tables in which forms make something. */
type Makeable = "projects" | "projectKeys" | "alertRules" | "alertChannels" | "alertDeliveries";

/** Returns what a submission has already made; null if nothing, or if it was deleted. */
export async function findMade<T extends Makeable>(
  ctx: MutationCtx,
  table: T,
  submission: string | null,
): Promise<Doc<T> | null> {
  if (submission === null) return null;
  const known = await ctx.db
    .query("submissions")
    .withIndex("by_hash", (q) => q.eq("hash", submission).gt("at", Date.now() - AGAIN_MS))
    .first();
  const id = known && ctx.db.normalizeId(table, known.made);
  return id && (await ctx.db.get(table, id));
}

/** Remembers what a submission has made. Retention removes it. */
export async function rememberMade(ctx: MutationCtx, submission: string | null, made: string): Promise<void> {
  if (submission !== null) await ctx.db.insert("submissions", { hash: submission, made, at: Date.now() });
}
