/** Types of a check and of what it may use. */
import type { Deployment } from "./convex-deployment.ts";
import type { FunctionsHere } from "./functions-here.ts";
import type { Ask } from "./reach.ts";
import type { CheckName, CheckResult, Finding } from "./report.ts";
import type { Subject } from "./subject.ts";

export type Examination = {
  subject: Subject;
  /** Sends a request within the time limit of this check. */
  ask: Ask;
  /** Returns the result of an earlier check of the same service. */
  found(name: CheckName): CheckResult | undefined;
  /** Returns the settings of the Convex deployment; requested once per run. */
  deployment(ask: Ask): Promise<Deployment>;
  /**
   * Returns the functions of this checkout. Bundling takes long, so it starts with the run.
   *
   * @throws {NotBundledError} when they cannot be bundled.
   * @throws {LateError} when that takes too long.
   */
  here(): Promise<FunctionsHere>;
};

/** A check. It throws `UnreachableError` if the service does not respond, which the run turns into a finding. */
export type Check = (examination: Examination) => Promise<Finding> | Finding;
