/** `npm test`: everything that must hold, in one command. */
import { BUILD, LINT, runSteps, TYPECHECK, tests } from "./steps.ts";

await runSteps([
  TYPECHECK,
  LINT,
  BUILD,
  tests("unit"),
  // Much of this is waiting for what does not answer, so it shares its time.
  { ...tests("convex", "packages", "local", "routes", "doctor", "deploy", "build"), atOnce: 4 },
  // A stack and a browser for each file: two at once is what two cores can carry.
  { ...tests("launcher", "browser"), atOnce: 2 },
]);
