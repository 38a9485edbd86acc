/** Select with label and error, which are associated with it for screen readers. */
import { useId } from "react";

/**
 * Renders a select.
 *
 * @param label - The accessible name; always visible.
 * @param options - The values with their texts.
 * @param error - How to correct the value; marks the field as invalid.
 */
export function SelectField({
  label,
  name,
  options,
  defaultValue,
  error,
}: {
  label: string;
  name: string;
  options: Readonly<Record<string, string>>;
  defaultValue: string | undefined;
  error: string | undefined;
}) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-strong">
        {label}
      </label>
      <select
        id={id}
        name={name}
        defaultValue={defaultValue}
        className="input select"
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
      >
        {Object.entries(options).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
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
