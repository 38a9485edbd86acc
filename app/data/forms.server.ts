/** Reads forms and responds to them: 303 after success, otherwise the form again with its values. */
import { data, redirect } from "react-router";
import type { RequestContext } from "../request/context.ts";
import { Refusal } from "../request/errors.ts";
import { isDataPath } from "../request/route-table.ts";

/** What a form's page shows after a failure. */
export type FormFailure = {
  /** Message for the whole form. */
  message: string | null;
  /** Messages by field name. */
  errors: Record<string, string>;
  /** Submitted values by field name. */
  values: Record<string, string>;
};

/** Returns the text fields of a form, without files; empty if the body is not a form. */
export async function readForm(request: Request): Promise<Record<string, string>> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    return {};
  }
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of form) if (typeof value === "string") fields[name] ??= value;
  return fields;
}

/** Returns whether React Router's client sent this form and will render the response. */
export function isClientSubmit(request: Request): boolean {
  return isDataPath(new URL(request.url).pathname);
}

/** Redirects to the page after success, with a notice. */
export async function done(context: RequestContext, path: string, text = "Saved"): Promise<Response> {
  await context.notices.leave({ kind: "status", text });
  return redirect(path, 303);
}

/** Returns a 400 with the messages and the submitted values. */
export function refused(values: Record<string, string>, failure: Partial<FormFailure>) {
  return data<FormFailure>({ message: null, errors: {}, ...failure, values }, { status: 400 });
}

const NOT_SAVED = "This could not be saved just now, and nothing was lost. Please try again in a moment.";

/** Returns a 503 with the submitted values, if a service is unavailable. */
export function unavailable(values: Record<string, string>, message = NOT_SAVED) {
  return data<FormFailure>({ message, errors: {}, values }, { status: 503 });
}

/**
 * Returns the failure for an error from Convex: 400 if it rejected the call, otherwise 503.
 *
 * @param field - The field that an `invalid` error belongs to; the whole form by default.
 */
export function failed(error: unknown, values: Record<string, string>, field?: string) {
  if (!(error instanceof Refusal)) return unavailable(values);
  return refused(
    values,
    field && error.code === "invalid" ? { errors: { [field]: error.message } } : { message: error.message },
  );
}
