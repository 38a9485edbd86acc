/** Deletion of many rows in batches: each batch is one transaction, and the scheduler starts the next. */

import { internal } from "../_generated/api.js";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { IDEMPOTENCY_MS } from "./ingestion.ts";
import { forgetTurns } from "./ingestRate.ts";
import { SESSION_LIFETIME_MS } from "./sessionRules.ts";

const BATCH = 500;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Deletes the project immediately and schedules the deletion of its data. */
export async function deleteProject(
  ctx: MutationCtx,
  actor: Doc<"users">,
  project: Doc<"projects">,
): Promise<void> {
  await ctx.db.delete("projects", project._id);
  await recordEvent(ctx, project.ownerId, "project_deleted", { actorId: actor._id, target: project.name });
  await ctx.scheduler.runAfter(0, internal.purges.project, { projectId: project._id });
}

/**
 * Deletes one batch of a deleted project's data.
 *
 * @returns Whether there may be more.
 */
export async function purgeProject(ctx: MutationCtx, projectId: Id<"projects">): Promise<boolean> {
  for (const next of rowsOfProject(ctx, projectId)) {
    const rows = await next();
    for (const { _id } of rows) await ctx.db.delete(_id);
    if (rows.length > 0) return true;
  }
  return false;
}

/** Returns the queries for a project's rows: memberships and API keys first, so that access ends first. */
function rowsOfProject(ctx: MutationCtx, projectId: Id<"projects">) {
  const { db } = ctx;
  return [
    () =>
      db
        .query("projectMembers")
        .withIndex("by_project", (q) => q.eq("projectId", projectId))
        .take(BATCH),
    () =>
      db
        .query("projectInvites")
        .withIndex("by_project", (q) => q.eq("projectId", projectId))
        .take(BATCH),
    async () => {
      const keys = await db
        .query("projectKeys")
        .withIndex("by_project", (q) => q.eq("projectId", projectId))
        .take(BATCH);
      for (const { _id } of keys) await forgetTurns(ctx, _id);
      return keys;
    },
    () =>
      db
        .query("latestMetrics")
        .withIndex("by_project", (q) => q.eq("projectId", projectId))
        .take(BATCH),
    () =>
      db
        .query("ingestions")
        .withIndex("by_project", (q) => q.eq("projectId", projectId))
        .take(BATCH),
    () =>
      db
        .query("stats")
        .withIndex("by_metric", (q) => q.eq("projectId", projectId))
        .take(BATCH),
    () =>
      db
        .query("agentMetrics")
        .withIndex("by_project", (q) => q.eq("projectId", projectId))
        .take(BATCH),
  ];
}

/**
 * Deletes one batch of expired rows. Rollups are kept slightly longer than their chart's range; sessions and
 * revocations as long as a cookie could refer to them.
 *
 * @param now - The current time in Unix ms.
 * @returns Whether there may be more.
 */
export async function purgeOld(ctx: MutationCtx, now: number): Promise<boolean> {
  for (const next of rowsTooOld(ctx, now)) {
    const rows = await next();
    for (const { _id } of rows) await ctx.db.delete(_id);
    if (rows.length > 0) return true;
  }
  return false;
}

function rowsTooOld(ctx: MutationCtx, now: number) {
  const { db } = ctx;
  const stats = (width: number, age: number) => () =>
    db
      .query("stats")
      .withIndex("by_width", (q) => q.eq("width", width).lt("at", now - age))
      .take(BATCH);
  return [
    () =>
      db
        .query("agentMetrics")
        .withIndex("by_at", (q) => q.lt("at", now - 30 * DAY_MS))
        .take(BATCH),
    stats(60_000, 8 * DAY_MS),
    stats(600_000, 9 * DAY_MS),
    stats(HOUR_MS, 30 * DAY_MS),
    () =>
      db
        .query("ingestions")
        .withIndex("by_at", (q) => q.lt("at", now - IDEMPOTENCY_MS))
        .take(BATCH),
    () =>
      db
        .query("sessions")
        .withIndex("by_started", (q) => q.lt("startedAt", now - SESSION_LIFETIME_MS))
        .take(BATCH),
    () =>
      db
        .query("revokedSessions")
        .withIndex("by_revoked", (q) => q.lt("revokedAt", now - 30 * DAY_MS))
        .take(BATCH),
    () =>
      db
        .query("webhookEvents")
        .withIndex("by_received", (q) => q.lt("receivedAt", now - 30 * DAY_MS))
        .take(BATCH),
  ];
}
