/** Jobs: retention and deletion in small transactions. */
import { getFunctionName } from "convex/server";
import { v } from "convex/values";
import { startMigrationsSerially } from "convex-helpers/server/migrations";
import { internal } from "./_generated/api.js";
import { internalMutation } from "./functions.ts";
import { forgetDevices } from "./model/audit.ts";
import { projectOfJob, removeRows } from "./model/deletion.ts";
import { stalledJobs, startJob, stepJob, userOfJob } from "./model/jobs.ts";
import { RULES } from "./model/retention.ts";

// agents:start
/** Migrations of data from before batches, in their order. */
const UPGRADE = [
  internal.migrations.copyProjects,
  internal.migrations.moveLatest,
  internal.migrations.moveRollups,
  internal.migrations.removeTenMinutes,
  internal.migrations.redrawOverviews,
];
// agents:end

const UPGRADED = new Set(UPGRADE.map((migration) => getFunctionName(migration))); // agents:line

/**
 * Starts the job of each retention rule and restarts failed jobs. Each job starts in a separate mutation, so that a
 * busy one does not delay the others.
 * Also upgrades data of an older version. // agents:line
 */
export const start = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const stalled = await stalledJobs(ctx);
    for (const job of new Set([...Object.keys(RULES), ...stalled])) {
      await ctx.scheduler.runAfter(0, internal.jobs.startOne, { job });
    }
    // agents:start
    const migrations = await ctx.db.query("migrations").collect();
    const isStopped = migrations.some(({ name, isDone }) => !isDone && UPGRADED.has(name));
    // Those that are done, and one that is running, are not started again.
    if (isStopped || (await ctx.db.query("latestMetrics").first()) !== null) {
      await startMigrationsSerially(ctx, UPGRADE);
    }
    // agents:end
    return null;
  },
});

/** Starts one job, unless it is running. */
export const startOne = internalMutation({
  args: { job: v.string() },
  returns: v.null(),
  handler: async (ctx, { job }) => {
    await startJob(ctx, job);
    return null;
  },
});

export const step = internalMutation({
  args: { job: v.string(), run: v.number() },
  returns: v.null(),
  handler: async (ctx, { job, run }) => {
    await stepJob(ctx, job, run, async () => {
      const projectId = projectOfJob(ctx, job); // agents:line
      if (projectId !== null) return await removeRows(ctx, projectId); // agents:line
      const userId = userOfJob(ctx, job);
      if (userId !== null) return await forgetDevices(ctx, userId);
      return (await RULES[job]?.(ctx, Date.now())) ?? 0;
    });
    return null;
  },
});
