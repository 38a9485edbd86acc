/** Scheduled jobs. */
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api.js";

const crons = cronJobs();

crons.interval("remove rows that are no longer kept", { hours: 1 }, internal.jobs.start, {});
crons.interval("restart compactors that got stuck", { minutes: 1 }, internal.compaction.watch, {}); // agents:line
crons.interval("evaluate alerts that are due", { seconds: 20 }, internal.alerting.tick, {}); // agents:line
crons.interval("send alerts whose sender was lost", { seconds: 30 }, internal.alertSending.pump, {}); // agents:line

export default crons;
