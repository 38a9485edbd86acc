/**
 * Jobs: work in many small transactions. One row for each job, so that two runs of a job never overlap and its
 * progress can be read.
 */
import { internal } from "../_generated/api.js";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { log } from "./log.ts";

/** A run that made no step for this long has failed, and may be started again, in ms. */
const STALLED_MS = 5 * 60_000;

/** A long job is logged each time it has removed this many more rows. */
const LOGGED_ROWS = 10_000;

/** Starts a job, unless it is running. */
export async function startJob(ctx: MutationCtx, job: string): Promise<void> {
  const now = Date.now();
  const row = await findJob(ctx, job);
  if (row !== null && row.endedAt === undefined && row.stepAt > now - STALLED_MS) return;
  const run = (row?.run ?? 0) + 1;
  const fresh = { job, run, startedAt: now, stepAt: now, removed: 0 };
  if (row === null) await ctx.db.insert("jobs", fresh);
  else await ctx.db.replace("jobs", row._id, fresh);
  await ctx.scheduler.runAfter(0, internal.jobs.step, { job, run });
}

/**
 * Makes one step of a job, and schedules the next until nothing is left. A step of an older run does nothing.
 *
 * @param work - Removes some rows; returns their number, 0 when nothing is left.
 */
export async function stepJob(
  ctx: MutationCtx,
  job: string,
  run: number,
  work: () => Promise<number>,
): Promise<void> {
  const row = await findJob(ctx, job);
  if (row === null || row.run !== run || row.endedAt !== undefined) return;
  const count = await work();
  const now = Date.now();
  const removed = row.removed + count;
  const progress = { job, removed, ms: now - row.startedAt };
  if (count > 0) {
    const parts = [row.removed, removed].map((rows) => Math.floor(rows / LOGGED_ROWS));
    if (parts[0] !== parts[1]) log("info", "job.progress", progress);
    await ctx.db.patch("jobs", row._id, { stepAt: now, removed });
    await ctx.scheduler.runAfter(0, internal.jobs.step, { job, run });
    return;
  }
  await ctx.db.patch("jobs", row._id, { stepAt: now, endedAt: now });
  if (removed > 0) log("info", "job.done", progress);
}

/** Returns the jobs whose run has failed. Reads no row of a job that makes steps, so it does not conflict. */
export async function stalledJobs(ctx: MutationCtx): Promise<string[]> {
  const rows = await ctx.db
    .query("jobs")
    .withIndex("by_ended", (q) => q.eq("endedAt", undefined).lt("stepAt", Date.now() - STALLED_MS))
    .collect();
  return rows.map(({ job }) => job);
}

async function findJob(ctx: QueryCtx, job: string): Promise<Doc<"jobs"> | null> {
  return await ctx.db
    .query("jobs")
    .withIndex("by_job", (q) => q.eq("job", job))
    .unique();
}

const DEVICES = "devices:";

/** Returns the job that removes addresses from the audit log after a user was deleted. */
export function deviceJob(userId: string): string {
  return DEVICES + userId;
}

/** Returns the deleted user that a job is about; null for another job. */
export function userOfJob(ctx: QueryCtx, job: string): Id<"users"> | null {
  return job.startsWith(DEVICES) ? ctx.db.normalizeId("users", job.slice(DEVICES.length)) : null;
}
