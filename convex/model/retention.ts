/** Retention: how long each table that grows keeps its rows. One job for each rule. */

import { type GenericId, getDocumentSize } from "convex/values";
import type { Doc, TableNames } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { DAYS, HOURS, type Level, MINUTES } from "./chunks.ts";
import { removeIdleSeries, removeRetiredAgents, retireSilentAgents } from "./gone.ts";
import { DAY_MS, HOUR_MS } from "./intervals.ts";
import { removeOldKeys } from "./keys.ts";
import { SESSION_LIFETIME_MS } from "./sessionRules.ts";
import { removeOldStreams } from "./streams.ts";

/** Removes some expired rows, and returns their number. */
export type Rule = (ctx: MutationCtx, now: number) => Promise<number>;

/** Rows and bytes that one step removes at most: far below Convex's limits of a transaction. */
const MOST_ROWS = 100;
const MOST_BYTES = 4 << 20;

/** The rules, by the name of their job. */
export const RULES: { [job: string]: Rule } = {
  // agents:start
  batches: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("agentMetrics").withIndex("by_at", (q) => q.lt("at", now - 30 * DAY_MS)),
    ),
  minuteBuckets: chunksOf(MINUTES, 8 * DAY_MS),
  hourBuckets: chunksOf(HOURS, 100 * DAY_MS),
  dayBuckets: chunksOf(DAYS, 400 * DAY_MS),
  drops: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("drops").withIndex("by_written", (q) => q.lt("writtenAt", now - DAY_MS)),
    ),
  incidents: async ({ db }, now) =>
    await removeSome(
      db,
      db
        .query("incidents")
        .withIndex("by_age", (q) => q.gt("closedAt", 0).lt("closedAt", now - 400 * DAY_MS)),
    ),
  alertDeliveries: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("alertDeliveries").withIndex("by_age", (q) => q.lt("createdAt", now - 30 * DAY_MS)),
    ),
  outages: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("outages").withIndex("by_end", (q) => q.lt("to", now - 400 * DAY_MS)),
    ),
  apiKeys: removeOldKeys,
  streams: removeOldStreams,
  idleSeries: removeIdleSeries,
  silentAgents: retireSilentAgents,
  retiredAgents: removeRetiredAgents,
  // agents:end
  sessions: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("sessions").withIndex("by_started", (q) => q.lt("startedAt", now - SESSION_LIFETIME_MS)),
    ),
  revokedSessions: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("revokedSessions").withIndex("by_revoked", (q) => q.lt("revokedAt", now - 30 * DAY_MS)),
    ),
  sessionCutoffs: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("sessionCutoffs").withIndex("by_before", (q) => q.lt("before", now - 30 * DAY_MS)),
    ),
  organizationMemberships: async ({ db }, now) =>
    await removeSome(
      db,
      db
        .query("organizationMemberships")
        .withIndex("by_received", (q) => q.lt("receivedAt", now - 30 * DAY_MS)),
    ),
  webhookEvents: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("webhookEvents").withIndex("by_received", (q) => q.lt("receivedAt", now - 30 * DAY_MS)),
    ),
  auditLogs: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("auditLogs").withIndex("by_time", (q) => q.lt("timestamp", now - 400 * DAY_MS)),
    ),
  pendingAuditLogs: async ({ db }, now) =>
    await removeSome(
      db,
      db
        .query("pendingAuditLogs")
        .withIndex("by_creation_time", (q) => q.lt("_creationTime", now - 400 * DAY_MS)),
    ),
  // agents:start
  projectViews: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("projectViews").withIndex("by_at", (q) => q.lt("at", now - HOUR_MS)),
    ),
  submissions: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("submissions").withIndex("by_at", (q) => q.lt("at", now - HOUR_MS)),
    ),
  // agents:end
  jobs: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("jobs").withIndex("by_ended", (q) => q.gt("endedAt", 0).lt("endedAt", now - 30 * DAY_MS)),
    ),
  // agents:start
  // Written before batches had their idempotency keys.
  ingestions: async ({ db }, now) =>
    await removeSome(
      db,
      db.query("ingestions").withIndex("by_at", (q) => q.lt("at", now - DAY_MS)),
    ),
  // agents:end
};

// agents:start
/** Returns the rule for buckets of a width; a chunk is removed when its last bucket is older than `age`. */
function chunksOf({ width, span }: Level, age: number): Rule {
  return async ({ db }, now) =>
    await removeSome(
      db,
      db.query("stats").withIndex("by_width", (q) => q.eq("width", width).lt("at", now - age - span)),
    );
}
// agents:end

/** Removes the first rows of a query, as many as one step may. Returns their number. */
export async function removeSome<T extends TableNames>(
  db: MutationCtx["db"],
  rows: AsyncIterable<Doc<T>>,
): Promise<number> {
  let count = 0;
  let bytes = 0;
  for await (const row of rows) {
    await db.delete(row._id as GenericId<T>);
    count += 1;
    bytes += getDocumentSize(row);
    if (count === MOST_ROWS || bytes >= MOST_BYTES) break;
  }
  return count;
}
