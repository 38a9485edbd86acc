/** What is wrong with a name, said at the field before anybody is asked; Convex holds the same rule. */
import { personNameProblem } from "../../convex/model/names.ts";

/** @returns A message for each field that would be refused, by the field's name. */
export function profileProblems(form: { firstName?: string; lastName?: string }): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const field of ["firstName", "lastName"] as const) {
    const problem = personNameProblem(form[field] ?? "");
    if (problem !== null) errors[field] = problem;
  }
  return errors;
}
