/** `npm run test:deep`: long tests of the local Convex and of sessions while upstreams fail. */
import { runSteps, tests } from "./steps.ts";

const LONGEST_MS = 3_600_000;

process.env.DEEP_KILLS = "50";
process.env.DEEP_SEEDS = "1000";
process.env.DEEP_SOAK_SECONDS ??= "600";
await runSteps([tests("convex", "packages"), tests("deep")], LONGEST_MS);
