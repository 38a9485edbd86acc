/** Types of the project page's forms and of their responses. */
import type { FormFailure } from "../data/forms.server.ts";

export type Intent =
  | "rename"
  | "add-member"
  | "remove-member"
  | "withdraw"
  | "leave"
  | "create-key"
  | "revoke-key"
  | "delete";

/** A new API key, which is shown once. */
export type CreatedKey = { key: string; name: string };

/** The action's response to the last form. */
export type ProjectAnswer = FormFailure | { createdKey: CreatedKey } | undefined;

/**
 * Returns the errors of the form with this intent; undefined if the response is for another form or is a
 * success.
 */
export function failureOf(answer: ProjectAnswer, intent: Intent): FormFailure | undefined {
  return answer && "values" in answer && answer.values.intent === intent ? answer : undefined;
}
