/** Scheduled jobs. */
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api.js";

const crons = cronJobs();

crons.interval("remove rows that are no longer kept", { hours: 1 }, internal.jobs.start, {});
crons.interval("restart compactors that got stuck", { minutes: 1 }, internal.compaction.watch, {});

export default crons;
