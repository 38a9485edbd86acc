/** Reading forms, and answering them: 303 when it worked, the form again with what was typed when it did not. */
import { data, redirect } from "react-router";
import type { RequestContext } from "./context.ts";
import { Refusal } from "./errors.ts";
import { isDataPath } from "./middleware/route-table.ts";

/** What a form's page shows after a refusal. */
export type FormFailure = {
  /** What is wrong with the whole. */
  message: string | null;
  /** What is wrong with a field, by its name. */
  errors: Record<string, string>;
  /** What was typed, by the field's name. */
  values: Record<string, string>;
};

/** @returns The text fields of a form; none where the body is no form. Files are no text and are left out. */
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

/** Whether React Router's client sent this form, and so renders the answer itself. */
export function isClientSubmit(request: Request): boolean {
  return isDataPath(new URL(request.url).pathname);
}

/** The form worked: the page is shown anew, saying so once. */
export async function done(context: RequestContext, path: string, text = "Saved"): Promise<Response> {
  await context.notices.leave({ kind: "status", text });
  return redirect(path, 303);
}

/** The form was refused: 400, with the reasons and what was typed. */
export function refused(values: Record<string, string>, failure: Partial<FormFailure>) {
  return data<FormFailure>({ message: null, errors: {}, ...failure, values }, { status: 400 });
}

const NOT_SAVED = "This could not be saved just now, and nothing was lost. Please try again in a moment.";

/** Nobody could decide: 503, with what was typed. */
export function unavailable(values: Record<string, string>, message = NOT_SAVED) {
  return data<FormFailure>({ message, errors: {}, values }, { status: 503 });
}

/** What a form's page is shown with where Convex refused or did not answer. */
export function failed(error: unknown, values: Record<string, string>, field?: string) {
  if (!(error instanceof Refusal)) return unavailable(values);
  return refused(
    values,
    field && error.code === "invalid" ? { errors: { [field]: error.message } } : { message: error.message },
  );
}
