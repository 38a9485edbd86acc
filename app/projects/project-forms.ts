/** The forms of a project's page: which there are, and what each is answered. */
import type { FormFailure } from "../forms.server.ts";

export type Intent =
  | "rename"
  | "add-member"
  | "remove-member"
  | "withdraw"
  | "leave"
  | "create-key"
  | "revoke-key"
  | "delete";

/** A key as it is shown once, right after it was made. */
export type CreatedKey = { key: string; name: string };

/** What the server answered the last form with. */
export type ProjectAnswer = FormFailure | { createdKey: CreatedKey } | undefined;

/** @returns Why this form was refused; undefined where it was another one, or none. */
export function failureOf(answer: ProjectAnswer, intent: Intent): FormFailure | undefined {
  return answer && "values" in answer && answer.values.intent === intent ? answer : undefined;
}
