/** The browser's side of a form's action: sends the form, and reads the response to one that failed. */
import { type ClientActionFunctionArgs, data, useActionData } from "react-router";
import type { Submitted } from "./define-form.ts";
import { isUnreachable } from "./unreachable.ts";

/** Messages by field name; `form` for the whole form. */
export type Problems = { readonly form?: string; readonly [field: string]: string | undefined };

/** What a form's page shows after a failure. */
export type FormFailure = {
  errors: Problems;
  /** The submitted values by field name. */
  values: Submitted;
};

const NOT_SENT = "The server could not be reached. Check the connection and try again.";

/**
 * The `clientAction` of every route that has an action. Sends the form to the server's action, and keeps the
 * form's values if the network is down.
 */
export async function clientAction({ request, serverAction }: ClientActionFunctionArgs) {
  const values = textsOf(await request.clone().formData());
  try {
    return await serverAction<FormFailure>();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return data<FormFailure>({ errors: { form: NOT_SENT }, values }, { status: 503 });
  }
}

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
