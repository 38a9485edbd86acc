/** Dropped items: how many points of a project were not stored, and why. */

import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { DAY_MS, MINUTE_MS } from "./intervals.ts";

/** How many agents that are not retired, and how many of their time series, a project may have. */
export const MOST_AGENTS = 200;
export const MOST_SERIES = 1_000;

/** How many cumulative OpenTelemetry streams a project may have. */
export const MOST_STREAMS = 5_000;

/** Requests read the stored counts, so runs that follow each other at once write them once, in ms. */
const WRITE_EVERY_MS = 500;

/** `failed`: the item could not be processed because of an error. */
export const dropCode = v.union(v.literal("limit_reached"), v.literal("kind_mismatch"), v.literal("failed"));

export type DropCode = Infer<typeof dropCode>;

export const dropCountShape = v.object({ code: dropCode, count: v.number(), lastAt: v.number() });

export type DropCount = Infer<typeof dropCountShape>;

/** What a response of the ingestion API says about dropped items. */
export const warningShape = v.object({ code: dropCode, message: v.string(), count: v.number() });

export type Warning = Infer<typeof warningShape>;

/** What a project's page says about dropped items; null if none was dropped in the last day. */
export const droppedShape = v.union(
  v.object({ count: v.number(), since: v.number(), lastAt: v.number(), codes: v.array(v.string()) }),
  v.null(),
);

const MESSAGES: Record<DropCode, string> = {
  limit_reached: `Items of further agents or time series were dropped: a project has at most ${MOST_AGENTS} agents, ${MOST_SERIES} time series and ${MOST_STREAMS} cumulative OpenTelemetry streams. Retire agents that are gone, or use another project.`,
  kind_mismatch:
    "Points were dropped because their kind is not that of their time series. Use another name, or send no point for 24 hours.",
  failed: "Items were dropped because of an internal error. Send them again.",
};

/**
 * Returns what to tell an agent: the drops of the last minute.
 *
 * @param now - Unix ms.
 */
export async function warningsOf(ctx: QueryCtx, projectId: Id<"projects">, now: number): Promise<Warning[]> {
  const row = await findDrops(ctx, projectId);
  return (row?.counts ?? [])
    .filter(({ lastAt }) => lastAt > now - MINUTE_MS)
    .map(({ code, count }) => ({ code, message: MESSAGES[code], count }));
}

/** Returns the drops of a project for its page. The job of retention removes them after a day. */
export async function droppedOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
): Promise<Infer<typeof droppedShape>> {
  const row = await findDrops(ctx, projectId);
  if (row === null) return null;
  const { since, counts } = row;
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    since,
    lastAt: Math.max(...counts.map(({ lastAt }) => lastAt)),
    codes: counts.map(({ code }) => code),
  };
}

/**
 * Stores drops, unless they were stored a moment ago.
 *
 * @param drops - The drops that are not stored yet.
 * @param when - `later` leaves them for a later call if drops were stored a moment ago.
 * @returns The drops that are still to be stored.
 */
export async function saveDrops(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  drops: readonly DropCount[],
  now: number,
  when: "at once" | "later",
): Promise<DropCount[]> {
  if (drops.length === 0) return [];
  const row = await findDrops(ctx, projectId);
  if (row === null) {
    const counts = addCounts([], drops);
    await ctx.db.insert("drops", { projectId, since: now, writtenAt: now, counts });
    return [];
  }
  if (when === "later" && row.writtenAt > now - WRITE_EVERY_MS) return [...drops];
  const isOver = row.counts.every(({ lastAt }) => lastAt < now - DAY_MS);
  await ctx.db.patch("drops", row._id, {
    writtenAt: now,
    ...(isOver ? { since: now, counts: addCounts([], drops) } : { counts: addCounts(row.counts, drops) }),
  });
  return [];
}

/** Returns the counts with more drops added. */
export function addCounts(counts: readonly DropCount[], more: readonly DropCount[]): DropCount[] {
  const byCode = new Map(counts.map((one) => [one.code, one]));
  for (const { code, count, lastAt } of more) {
    byCode.set(code, { code, count: (byCode.get(code)?.count ?? 0) + count, lastAt });
  }
  return [...byCode.values()];
}

async function findDrops(ctx: QueryCtx, projectId: Id<"projects">): Promise<Doc<"drops"> | null> {
  return await ctx.db
    .query("drops")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .unique();
}
