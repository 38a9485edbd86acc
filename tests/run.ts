/** `npm test`: everything that must hold, in one command. */
import { BUILD, LINT, runSteps, TYPECHECK, tests } from "./steps.ts";

await runSteps([
  TYPECHECK,
  LINT,
  BUILD,
  tests("unit"),
  tests("convex", "local"),
  tests("routes"),
  tests("doctor"),
  tests("deploy"),
  tests("build"),
  tests("launcher"),
  tests("browser"),
]);
