/** Runs a page's forms in its action: 303 after success, otherwise the form again with its values. */
import { type ActionFunctionArgs, data, redirect } from "react-router";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { requireAuth } from "../auth/guards.server.ts";
import { type RequestContext, requestContext } from "../request/context.ts";
import type { Convex } from "../request/convex.server.ts";
import { ConvexCallError, RejectedError, WorkOSCallError } from "../request/errors.ts";
import { isDataPath } from "../request/route-table.ts";
import {
  type FormBase,
  type FormFields,
  isOfForm,
  type Mutation,
  type MutationForm,
  type Outcome,
  problemsOf,
  rejectionOf,
  type ServerForm,
  type Submitted,
  type Values,
  valuesOf,
} from "./define-form.ts";
import type { FormFailure, Problems } from "./form-action.ts";

/** What an action needs of a form with a mutation, whatever its fields are. */
type Runnable<P, A> = FormBase &
  Outcome<Mutation, A> &
  Pick<MutationForm<FormFields, Mutation, P, never, A>, "mutation" | "argsOf">;

/** A form with its function on the server, which may return the response. */
type Served = ServerForm & {
  run: (
    call: RequestContext,
    submitted: Submitted,
    request: Request,
  ) => Promise<Response | ReturnType<typeof data<FormFailure | null>> | undefined>;
};

type ParamsOf<P> = unknown extends P ? [] : [paramsOf: (convex: Convex) => NoInfer<P> | Promise<NoInfer<P>>];

const UNKNOWN_FORM = "This page has no such form.";
const UNAVAILABLE = "This could not be saved just now, and nothing was lost. Please try again in a moment.";

/** Keeps a response that reveals data out of every cache. */
const UNCACHED = { "Cache-Control": "private, no-store" };

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

/**
 * Gives a form without a mutation its function.
 *
 * @param run - Receives the valid values. It may return a response; otherwise the form's `done` is used.
 */
export function served<F extends FormFields>(
  form: ServerForm<F>,
  run: (call: RequestContext, values: Values<F>, request: Request) => ReturnType<Served["run"]>,
): Served {
  return { ...form, run: (call, submitted, request) => run(call, valuesOf(form, submitted), request) };
}

/**
 * Runs the submitted one of a page's forms.
 *
 * @param forms - All forms that the page has. Without an `intent`, the first form with a submitted field is
 *   run, otherwise the first one.
 * @param paramsOf - Returns what the forms' arguments need besides the submitted values.
 * @returns 303 after success; otherwise the problems and the submitted values, with 400 if they are invalid or
 *   were rejected, 403 if the user may not do this, and 503 if a service is unavailable.
 * @throws {Response} a redirect to `/login` when the user must sign in.
 */
export async function runForms<P, A>(
  args: Pick<ActionFunctionArgs, "request" | "context">,
  forms: readonly (Runnable<P, A> | Served)[],
  ...[paramsOf]: ParamsOf<P>
) {
  const { request } = args;
  const submitted = await readForm(request);
  const form = submittedForm(forms, submitted);
  if (form === undefined) return failure({ form: UNKNOWN_FORM }, submitted, 400);
  if (!("run" in form)) await requireAuth(args);
  const problems = problemsOf(form, submitted);
  if (problems !== null) return failure(problems, submitted, 400);
  const call = args.context.get(requestContext);
  try {
    if ("run" in form)
      return (await form.run(call, submitted, request)) ?? (await done(call, form, form.done));
    const { value, args: sent } = await asCurrentUser(call, call.address, async (convex) => {
      const mutationArgs = form.argsOf(submitted, (await paramsOf?.(convex)) as P);
      return { args: mutationArgs, value: await convex.mutation(form.mutation, mutationArgs) };
    });
    if (form.reveal) return data(form.reveal(value, sent), { headers: UNCACHED });
    return await done(call, form, typeof form.done === "function" ? form.done(value) : form.done);
  } catch (error) {
    return failed(error, form, submitted);
  }
}

function submittedForm<F extends FormBase>(forms: readonly F[], submitted: Submitted): F | undefined {
  return forms.find((form) => isOfForm(form, submitted)) ?? forms.find(({ intent }) => intent === undefined);
}

/** Redirects after success, with a notice. */
async function done(call: RequestContext, { to }: FormBase, text: string): Promise<Response> {
  await call.notices.leave({ kind: "status", text });
  return redirect(to ?? call.address, 303);
}

function failure(errors: Problems, submitted: Submitted, status: 400 | 403 | 503) {
  return data<FormFailure>({ errors, values: submitted }, { status });
}

/** Returns a 503 with the submitted values and a message for the whole form. */
export function unavailable(submitted: Submitted, message: string) {
  return failure({ form: message }, submitted, 503);
}

/** Returns the response to a form that Convex or WorkOS rejected or did not answer. */
function failed(error: unknown, form: FormBase, submitted: Submitted) {
  if (error instanceof RejectedError) {
    const { code, message } = error;
    if (code === "invalid" || code === "conflict") return failure(rejectionOf(form, message), submitted, 400);
    return failure({ form: message }, submitted, code === "forbidden" ? 403 : 400);
  }
  if (!(error instanceof ConvexCallError || error instanceof WorkOSCallError)) throw error;
  return unavailable(submitted, form.unavailable ?? UNAVAILABLE);
}
