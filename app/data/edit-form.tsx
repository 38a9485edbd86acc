/** Form whose edit goes over the tab's socket or to the server's action. */
import type { ComponentProps, ReactNode } from "react";
import { Form } from "react-router";
import { Field } from "../ui/field.tsx";
import { type Options, SelectField } from "../ui/select-field.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import type { FormBase, FormFields, Submitted } from "./define-form.ts";
import type { Problems } from "./form-action.ts";
import type { Edit } from "./use-edit.ts";

/**
 * Renders the form of an edit, with its hidden fields.
 *
 * @param edit - The result of `useEdit`.
 */
export function EditForm({
  edit,
  children,
  ...props
}: Pick<ComponentProps<typeof Form>, "className" | "action" | "children"> & {
  edit: Pick<Edit, "form" | "fixed" | "ref" | "onSubmit" | "onInput">;
}) {
  return (
    <Form {...props} method="post" ref={edit.ref} onSubmit={edit.onSubmit} onInput={edit.onInput}>
      <HiddenFields form={edit.form} values={edit.fixed} />
      {children}
    </Form>
  );
}

/** Renders the hidden fields of a form, such as its intent and the given values. */
export function HiddenFields({ form, values }: { form: FormBase; values: Submitted }) {
  const { intent } = form;
  return (
    <>
      {Object.entries({ ...(intent && { intent }), ...values }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {form.once ? <Once /> : null /* agents:line */}
    </>
  );
}

// agents:start
/** A random value in the server's HTML. With JavaScript, `useEdit` ignores double clicks. */
function Once() {
  const isHydrated = useHydrated();
  const value = import.meta.env.SSR ? crypto.randomUUID() : "";
  return isHydrated ? null : <input type="hidden" name="once" value={value} suppressHydrationWarning />;
}
// agents:end

/** Names of the fields that have a label. */
type LabeledName<F extends FormFields> = keyof {
  [name in keyof F as F[name] extends { label: string } ? name : never]: true;
} &
  string;

/**
 * Renders a field of the form with its message. After a failure, it has the submitted value.
 *
 * @param edit - The result of `useEdit`.
 * @param name - The name of the field in the form's definition.
 */
export function EditField<F extends FormFields>({
  edit: { form, errors, values },
  name,
  defaultValue,
  ...props
}: {
  edit: { form: FormBase<F>; errors: Problems; values: Submitted };
  name: LabeledName<F>;
} & Partial<Omit<ComponentProps<typeof Field>, "name" | "label" | "error">> & { help?: ReactNode }) {
  const { label = "", check: _, ...input } = form.fields[name] as F[string];
  return (
    <Field
      {...input}
      {...(props.value === undefined && { defaultValue: values[name] ?? defaultValue })}
      {...props}
      label={label}
      name={name}
      error={errors[name]}
    />
  );
}

// agents:start
/**
 * Renders a select of the form with its message. After a failure, it has the submitted value.
 *
 * @param edit - The result of `useEdit`.
 * @param name - The name of the field in the form's definition.
 */
export function EditSelect<F extends FormFields>({
  edit: { form, errors, values },
  name,
  ...props
}: {
  edit: { form: FormBase<F>; errors: Problems; values: Submitted };
  name: LabeledName<F>;
  options: Options;
  help?: ReactNode;
}) {
  const { label = "" } = form.fields[name] as F[string];
  const value = values[name];
  return (
    <SelectField key={value} {...props} label={label} name={name} defaultValue={value} error={errors[name]} />
  );
}
// agents:end
