/**
 * Profile fields, shared by the form, its validation and its action. Only changed fields are sent, so that a
 * page with old data does not overwrite a newer edit. Convex enforces the same rules
 * (`convex/model/users.ts`).
 */
import { personNameProblem } from "../../convex/model/names.ts";

export const PROFILE_FIELDS = [
  { name: "firstName", label: "First name", autoComplete: "given-name", problem: personNameProblem },
  { name: "lastName", label: "Last name", autoComplete: "family-name", problem: personNameProblem },
] as const;

type ProfileField = (typeof PROFILE_FIELDS)[number]["name"];
export type ProfileValues = { [field in ProfileField]?: string };

/** Returns the name of the hidden input with the value that a field showed before it was edited. */
export const shownName = (field: ProfileField) => `${field}Shown` as const;

/** Returns the fields that differ from the values the form showed; all fields if it has no shown values. */
export function profileChanges(form: Readonly<Record<string, string>>): ProfileValues {
  const changes: ProfileValues = {};
  for (const { name } of PROFILE_FIELDS) {
    const value = form[name];
    if (value !== undefined && value !== form[shownName(name)]) changes[name] = value;
  }
  return changes;
}

/** Returns a message for each invalid field, by field name. */
export function profileProblems(values: ProfileValues): ProfileValues {
  const problems: ProfileValues = {};
  for (const { name, problem } of PROFILE_FIELDS) {
    const message = problem(values[name] ?? "");
    if (message !== null) problems[name] = message;
  }
  return problems;
}
