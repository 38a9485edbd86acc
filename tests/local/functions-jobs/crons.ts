/** One job that is always due, and one that hardly ever is. */
import { cronJobs, makeFunctionReference } from "convex/server";

const crons = cronJobs();
const mark = makeFunctionReference<"mutation", { name: string }>("jobs:mark");
crons.interval("often", { seconds: 1 }, mark, { name: "often" });
crons.cron("new year", "0 0 1 1 *", mark, { name: "new year" });
export default crons;
