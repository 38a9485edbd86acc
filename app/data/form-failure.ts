/** Values of a form, and the action's response to one that failed. */
import { useActionData } from "react-router";
import type { Submitted } from "./define-form.ts";

/** Messages by field name; `form` for the whole form. */
export type Problems = { readonly form?: string; readonly [field: string]: string | undefined };

/** What a form's page shows after a failure. */
export type FormFailure = {
  errors: Problems;
  /** The submitted values by field name. */
  values: Submitted;
};

/** Returns the failure in the action's response to the page's last form; undefined if there is none. */
export function useFailure(): FormFailure | undefined {
  const answer = useActionData<FormFailure | { values?: undefined } | null>();
  return answer?.values ? answer : undefined;
}

/** Returns a form's text fields by name. */
export function textsOf(data: FormData): Record<string, string> {
  return Object.fromEntries(
    [...data].filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
