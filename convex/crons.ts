/** Scheduled jobs. */
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api.js";

const crons = cronJobs();

crons.interval("remove what is older than it need be", { hours: 1 }, internal.purges.old, {});

export default crons;
