/** What a check is, and what it may use. */
import type { Deployment } from "./convex-deployment.ts";
import type { FunctionsHere } from "./functions-here.ts";
import type { Ask } from "./reach.ts";
import type { CheckName, CheckResult, Finding } from "./report.ts";
import type { Subject } from "./subject.ts";

export type Examination = {
  subject: Subject;
  /** Asks within this check's time. */
  ask: Ask;
  /** What an earlier check of the same service has found. */
  found(name: CheckName): CheckResult | undefined;
  /** What the Convex deployment says of itself; asked once in a run. */
  deployment(ask: Ask): Promise<Deployment>;
  /** This checkout's functions: being bundled from the start, since that takes longer than a request. */
  here(): Promise<FunctionsHere>;
};

/** Throws `Unreachable` where nothing answers; the run makes a finding of it. */
export type Check = (examination: Examination) => Promise<Finding> | Finding;
