/** `npm run check`: the checks that are fast enough to run after every change. */
import { LINT, runSteps, TYPECHECK, tests, UNUSED } from "./steps.ts";

await runSteps([TYPECHECK, LINT, UNUSED, tests("unit")]);
