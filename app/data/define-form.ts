/** Definitions of forms. Component, socket and the route's action use the same definition. */
import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionReference, FunctionReturnType } from "convex/server";
import type { ComponentProps } from "react";
import type { Field } from "../ui/field.tsx";
import type { Problems } from "./form-action.ts";

export type Mutation = FunctionReference<"mutation">;

/** The text fields of a submitted form, by name. Untrusted input. */
export type Submitted = Readonly<Record<string, string>>;

/** A field of a form, with the attributes of its input. */
export type FormField = Pick<
  ComponentProps<typeof Field>,
  "autoComplete" | "list" | "maxLength" | "placeholder" | "required" | "spellCheck" | "type"
> & {
  /** Label of the input. Without one, the field's message is shown for the whole form. */
  label?: string;
  /** Returns a message if the value is invalid, otherwise null. */
  check: (value: string, submitted: Submitted) => string | null;
};

export type FormFields = Readonly<Record<string, FormField>>;
type Name<F> = keyof F & string;
export type Values<F extends FormFields> = Readonly<Record<Name<F>, string>>;

/** What component, socket and action need to know of every form. */
export type FormBase<F extends FormFields = FormFields> = {
  /** Value of the hidden field `intent`. Every form needs one if a page has several. */
  intent?: string;
  fields: F;
  /** The field that shows why Convex rejected the values. By default, the message is for the whole form. */
  rejectedAt?: string;
  // agents:start
  /**
   * Whether the form makes something new each time. Then its HTML has a random value `once`, with which the
   * mutation makes one thing for a double click without JavaScript.
   */
  once?: true;
  // agents:end
  /** Path to redirect to after success; the current page by default. */
  to?: string;
  /** Message if a service is unavailable. */
  unavailable?: string;
};

type Done<M extends Mutation> = string | ((value: FunctionReturnType<M>) => string);

/** What happens after success: a redirect with a notice, or a response with data that is shown once. */
export type Outcome<M extends Mutation, A> =
  | { done: Done<M>; reveal?: undefined }
  | { done?: undefined; reveal: (value: FunctionReturnType<M>, args: M["_args"]) => A };

export type FormDefinition<F extends FormFields, M extends Mutation, P, S, A> = FormBase<F> & {
  rejectedAt?: Name<F>;
} & Outcome<M, A> & {
    mutation: M;
    /** Returns the mutation's arguments. */
    args: (values: Values<F>, params: P, submitted: Submitted) => M["_args"];
    /** Updates local query results before the mutation is applied. `shown` is what the page shows. */
    optimistic?: (store: OptimisticLocalStore, args: M["_args"], shown: S) => void;
    /** Whether to use HTTP only. Then an edit never waits while offline. */
    overHttp?: boolean;
  };

/**
 * A form that calls a mutation.
 *
 * @template P - What the arguments need besides the form's values, for example the id in the URL.
 * @template S - What the optimistic update needs of the page.
 * @template A - Data of the response, if the form reveals any.
 */
export type MutationForm<F extends FormFields, M extends Mutation, P, S, A> = Omit<
  FormDefinition<F, M, P, S, A>,
  "args" | "done" | "reveal"
> &
  Outcome<M, A> & { argsOf: (submitted: Submitted, params: P) => M["_args"] };

/** A form whose action runs only on the server. */
export type ServerForm<F extends FormFields = FormFields> = FormBase<F> & { done: string };

/**
 * Defines a form that calls a mutation, over the socket or in the route's action.
 *
 * @returns The form, for `useEdit` and `runForms`.
 */
export function defineForm<const F extends FormFields, M extends Mutation, P, S, A = never>({
  args,
  ...definition
}: FormDefinition<F, M, P, S, A>): MutationForm<F, M, P, S, A> {
  return {
    ...definition,
    argsOf: (submitted, params) => ({
      ...args(valuesOf(definition, submitted), params, submitted),
      ...(definition.once && submitted.once && { once: submitted.once }), // agents:line
    }),
  };
}

/** Defines a form that `served` gives its function on the server. */
export function defineServerForm<const F extends FormFields>(form: ServerForm<F>): ServerForm<F> {
  return form;
}

/** Returns a check that rejects an empty value. */
export const given = (message: string) => (value: string) => (value === "" ? message : null);

/** A field that says which entry of a list the form is about. */
export const HIDDEN = { check: given("Choose an entry of the list.") };

/** Returns the values of the form's fields. A missing field is empty. */
export function valuesOf<F extends FormFields>({ fields }: FormBase<F>, submitted: Submitted): Values<F> {
  const values: Partial<Record<Name<F>, string>> = {};
  for (const name in fields) values[name] = submitted[name] ?? "";
  return values as Values<F>;
}

/** Returns the messages of the invalid fields; null if all are valid. */
export function problemsOf({ fields }: FormBase, submitted: Submitted): Problems | null {
  const problems: Record<string, string> = {};
  for (const [name, { check, label }] of Object.entries(fields)) {
    const problem = check(submitted[name] ?? "", submitted);
    if (problem !== null) problems[label === undefined ? "form" : name] = problem;
  }
  return Object.keys(problems).length > 0 ? problems : null;
}

/** Returns the message of a rejection, at the field that shows it. */
export function rejectionOf({ rejectedAt = "form" }: FormBase, message: string): Problems {
  return { [rejectedAt]: message };
}

/**
 * Returns whether submitted values are of this form. Without an `intent`, one of its fields is enough, or none
 * at all, as when the only checkbox was not checked.
 *
 * @param fixed - Values of hidden fields, to tell apart the forms of a list.
 */
export function isOfForm(form: FormBase, submitted: Submitted, fixed: Submitted = {}): boolean {
  const names = Object.keys(submitted);
  return (
    submitted.intent === form.intent &&
    (form.intent !== undefined || names.length === 0 || names.some((name) => name in form.fields)) &&
    Object.entries(fixed).every(([name, value]) => submitted[name] === value)
  );
}
