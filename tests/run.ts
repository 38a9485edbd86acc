/** `npm test`: all checks and tests. */
import { BUILD, LINT, runSteps, TYPECHECK, tests, UNUSED } from "./steps.ts";

// Tests mostly wait, so three files at once keep two cores busy.
const AT_ONCE = 3;

// In one step, so that no core waits for the last file of another step.
const all = tests(
  ...["unit", "convex", "packages", "local", "routes", "doctor", "deploy", "build", "launcher", "browser"],
);

await runSteps([TYPECHECK, LINT, UNUSED, BUILD, { ...all, name: "tests", atOnce: AT_ONCE }]);
