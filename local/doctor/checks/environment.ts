/** Check `environment`: all values that no other check covers. */
import type { Check } from "../examination.ts";
import { setAgain } from "../places.ts";
import { fail, ok, warn } from "../report.ts";
import { problemsFor } from "../subject.ts";

export const environment: Check = ({ subject }) => {
  const problems = problemsFor(subject, "environment");
  if (problems.length > 0) {
    const names = [...new Set(problems.map(({ name }) => name))];
    return fail(
      problems.map(({ name, message }) => `${name} ${message}`).join("; "),
      names.map(setAgain).join(" "),
    );
  }
  const deployment = subject.values.CONVEX_DEPLOYMENT ?? "";
  const host = URL.parse(subject.values.CONVEX_URL ?? "")?.hostname ?? "";
  const name = deployment.split(":").at(-1);
  if (deployment !== "" && host.endsWith(".convex.cloud") && !host.startsWith(`${name}.`)) {
    return warn(
      "CONVEX_DEPLOYMENT and CONVEX_URL name two deployments: commands and app would not use the same",
      setAgain("CONVEX_DEPLOYMENT"),
    );
  }
  return ok("what is set is well formed");
};
