/** `npm test`: all checks and tests. */
import { BUILD, LINT, runSteps, TYPECHECK, tests, UNUSED } from "./steps.ts";

// Each group keeps about one of two cores busy: the first starts browsers and tools, the second mostly waits.
const heavy = { ...tests("browser", "build", "deploy", "doctor", "launcher"), atOnce: 2 };
const light = { ...tests("convex", "local", "packages", "routes", "unit"), atOnce: 3 };

await runSteps([TYPECHECK, LINT, UNUSED, BUILD, [heavy, light]]);
