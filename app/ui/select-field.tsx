/** Select with label, help and error, which are associated with it for screen readers. */
import { type ReactNode, useId } from "react";

/** Values with their labels. */
export type Options = readonly (readonly [value: string, label: string])[];

/**
 * Renders a select.
 *
 * @param label - The accessible name; always visible.
 * @param defaultValue - The value that is chosen at first; the first of the options by default.
 * @param help - What the choice means.
 * @param error - How to correct the value; marks the field as invalid. Shown in place of the help.
 */
export function SelectField({
  label,
  name,
  options,
  defaultValue = options[0]?.[0],
  help,
  error,
}: {
  label: string;
  name: string;
  options: Options;
  defaultValue?: string | undefined;
  help?: ReactNode;
  error?: string | undefined;
}) {
  const id = useId();
  const about = error ?? help;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-strong">
        {label}
      </label>
      <select
        id={id}
        name={name}
        defaultValue={defaultValue}
        className="input"
        aria-invalid={error ? true : undefined}
        aria-describedby={about ? `${id}-about` : undefined}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {about ? (
        <p id={`${id}-about`} className={error ? "text-small font-strong text-bad" : "text-small text-quiet"}>
          {about}
        </p>
      ) : null}
    </div>
  );
}
