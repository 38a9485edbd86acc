/** `npm test`: all checks and tests. */
import { BUILD, LINT, runSteps, TYPECHECK, tests } from "./steps.ts";

// Tests mostly wait, so three files at once keep two cores busy.
const AT_ONCE = 3;

await runSteps([
  TYPECHECK,
  LINT,
  BUILD,
  { ...tests("unit", "convex", "packages", "local", "routes", "doctor", "deploy", "build"), atOnce: AT_ONCE },
  { ...tests("launcher", "browser"), atOnce: AT_ONCE },
]);
