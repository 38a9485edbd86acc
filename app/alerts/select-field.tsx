/** Select of a form with its label and message. */
import { useId } from "react";
import type { FormBase, FormFields, Submitted } from "../data/define-form.ts";
import type { Problems } from "../data/form-failure.ts";

/**
 * Renders a select. After a failure, it has the submitted value.
 *
 * @param edit - The result of `useEdit`.
 * @param name - The name of the field in the form's definition.
 * @param options - Values with their labels.
 */
export function SelectField<F extends FormFields>({
  edit: { form, errors, values },
  name,
  options,
}: {
  edit: { form: FormBase<F>; errors: Problems; values: Submitted };
  name: keyof F & string;
  options: readonly (readonly [value: string, label: string])[];
}) {
  const id = useId();
  const error = errors[name];
  const value = values[name];
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-strong">
        {form.fields[name]?.label}
      </label>
      <select
        key={value}
        id={id}
        name={name}
        defaultValue={value ?? options[0]?.[0]}
        className="input"
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
      >
        {options.map(([option, label]) => (
          <option key={option} value={option}>
            {label}
          </option>
        ))}
      </select>
      {error ? (
        <p id={`${id}-error`} className="text-small font-strong text-bad">
          {error}
        </p>
      ) : null}
    </div>
  );
}
