/** `npm run test:deep`: the local Convex, and sessions in bad weather, tried for longer than anybody would wait after each change. */
import { runSteps, tests } from "./steps.ts";

const LONGEST_MS = 3_600_000;

process.env.DEEP_KILLS = "50";
process.env.DEEP_SEEDS = "1000";
process.env.DEEP_SOAK_SECONDS ??= "600";
await runSteps([tests("convex", "packages"), tests("deep")], LONGEST_MS);
