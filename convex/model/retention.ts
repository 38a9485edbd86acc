/** Retention: how long each table that grows keeps its rows. One job for each rule. */

import type { GenericId } from "convex/values";
import type { TableNames } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { DAY_MS, HOUR_MS } from "./buckets.ts";
import { DAYS, HOURS, type Level, MINUTES } from "./chunks.ts";
import { removeIdleSeries, removeRetiredAgents, retireSilentAgents } from "./gone.ts";
import { SESSION_LIFETIME_MS } from "./sessionRules.ts";

/** Removes some expired rows, and returns their number. */
export type Rule = (ctx: MutationCtx, now: number) => Promise<number>;

/** Rows in one step. Batches are the largest rows: up to 256 KiB. */
const FEW = 40;
const MANY = 200;

/** The rules, by the name of their job. */
export const RULES: { [job: string]: Rule } = {
  batches: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("agentMetrics")
        .withIndex("by_at", (q) => q.lt("at", now - 30 * DAY_MS))
        .take(FEW),
    ),
  minuteBuckets: chunksOf(MINUTES, 8 * DAY_MS),
  hourBuckets: chunksOf(HOURS, 100 * DAY_MS),
  dayBuckets: chunksOf(DAYS, 400 * DAY_MS),
  drops: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("drops")
        .withIndex("by_written", (q) => q.lt("writtenAt", now - DAY_MS))
        .take(MANY),
    ),
  idleSeries: removeIdleSeries,
  silentAgents: retireSilentAgents,
  retiredAgents: removeRetiredAgents,
  sessions: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("sessions")
        .withIndex("by_started", (q) => q.lt("startedAt", now - SESSION_LIFETIME_MS))
        .take(MANY),
    ),
  revokedSessions: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("revokedSessions")
        .withIndex("by_revoked", (q) => q.lt("revokedAt", now - 30 * DAY_MS))
        .take(MANY),
    ),
  sessionCutoffs: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("sessionCutoffs")
        .withIndex("by_before", (q) => q.lt("before", now - 30 * DAY_MS))
        .take(MANY),
    ),
  organizationMemberships: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("organizationMemberships")
        .withIndex("by_received", (q) => q.lt("receivedAt", now - 30 * DAY_MS))
        .take(MANY),
    ),
  webhookEvents: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("webhookEvents")
        .withIndex("by_received", (q) => q.lt("receivedAt", now - 30 * DAY_MS))
        .take(MANY),
    ),
  auditLogs: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("auditLogs")
        .withIndex("by_time", (q) => q.lt("timestamp", now - 400 * DAY_MS))
        .take(MANY),
    ),
  pendingAuditLogs: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("pendingAuditLogs")
        .withIndex("by_creation_time", (q) => q.lt("_creationTime", now - 400 * DAY_MS))
        .take(MANY),
    ),
  submissions: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("submissions")
        .withIndex("by_at", (q) => q.lt("at", now - HOUR_MS))
        .take(MANY),
    ),
  jobs: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("jobs")
        .withIndex("by_ended", (q) => q.gt("endedAt", 0).lt("endedAt", now - 30 * DAY_MS))
        .take(MANY),
    ),
  // Written before batches had their idempotency keys.
  ingestions: async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("ingestions")
        .withIndex("by_at", (q) => q.lt("at", now - DAY_MS))
        .take(MANY),
    ),
};

/** Returns the rule for buckets of a width; a chunk is removed when its last bucket is older than `age`. */
function chunksOf({ width, span }: Level, age: number): Rule {
  return async ({ db }, now) =>
    await removeAll(
      db,
      await db
        .query("stats")
        .withIndex("by_width", (q) => q.eq("width", width).lt("at", now - age - span))
        .take(MANY),
    );
}

export async function removeAll<T extends TableNames>(
  db: MutationCtx["db"],
  rows: readonly { _id: GenericId<T> }[],
): Promise<number> {
  for (const { _id } of rows) await db.delete(_id);
  return rows.length;
}
