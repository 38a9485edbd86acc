/** Form field with label, help and error, which are associated with the input for screen readers. */
import type { ComponentProps, ReactNode } from "react";
import { useId } from "react";

type InputProps = Omit<ComponentProps<"input">, "className" | "style" | "id" | "list" | "children">;

/**
 * Renders a field. Accepts all props of `input`.
 *
 * @param label - The accessible name; always visible.
 * @param help - Instructions shown below the input.
 * @param error - How to correct the value (`Use 1 to 100 characters`); marks the field as invalid.
 * @param list - Suggestions. Other values are allowed.
 */
export function Field({
  label,
  help,
  error,
  list,
  type = "text",
  ...input
}: InputProps & {
  label: string;
  name: string;
  help?: ReactNode;
  error?: string | undefined;
  list?: readonly string[];
}) {
  const id = useId();
  const describedBy = [error ? `${id}-error` : "", help ? `${id}-help` : ""].filter(Boolean).join(" ");
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-strong">
        {label}
      </label>
      <input
        {...input}
        id={id}
        type={type}
        className="input"
        list={list ? `${id}-list` : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy || undefined}
      />
      {error ? (
        <p id={`${id}-error`} className="text-small font-strong text-bad">
          {error}
        </p>
      ) : null}
      {help ? (
        <p id={`${id}-help`} className="text-small text-pretty text-quiet">
          {help}
        </p>
      ) : null}
      {list ? (
        <datalist id={`${id}-list`}>
          {list.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      ) : null}
    </div>
  );
}
