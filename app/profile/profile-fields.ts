/**
 * What one changes about oneself, told once for the form, its check and its action. Convex keeps the same rules
 * (`convex/model/users.ts`), and is asked only about what somebody changed: a page made while Convex was away, or
 * before the other tab's edit, shows what is no longer so, and must not write it back.
 */
import { personNameProblem } from "../../convex/model/names.ts";

export const PROFILE_FIELDS = [
  { name: "firstName", label: "First name", autoComplete: "given-name", problem: personNameProblem },
  { name: "lastName", label: "Last name", autoComplete: "family-name", problem: personNameProblem },
] as const;

type ProfileField = (typeof PROFILE_FIELDS)[number]["name"];
export type ProfileValues = { [field in ProfileField]?: string };

/** The hidden input's name that says what a field showed before it was edited. */
export const shownName = (field: ProfileField) => `${field}Shown` as const;

/** @returns The fields of a form that differ from what it showed; all where it does not say what it showed. */
export function profileChanges(form: Readonly<Record<string, string>>): ProfileValues {
  const changes: ProfileValues = {};
  for (const { name } of PROFILE_FIELDS) {
    const value = form[name];
    if (value !== undefined && value !== form[shownName(name)]) changes[name] = value;
  }
  return changes;
}

/** @returns A message for each field that would be refused, by the field's name. */
export function profileProblems(values: ProfileValues): ProfileValues {
  const problems: ProfileValues = {};
  for (const { name, problem } of PROFILE_FIELDS) {
    const message = problem(values[name] ?? "");
    if (message !== null) problems[name] = message;
  }
  return problems;
}
