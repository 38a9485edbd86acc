/** Confirmation checkbox for irreversible actions without JavaScript. */
import { type ReactNode, useId } from "react";

/**
 * Renders a required checkbox named `confirm`.
 *
 * @param error - Error shown at the checkbox if it was not checked.
 */
export function ConfirmCheck({ error, children }: { error?: string | undefined; children: ReactNode }) {
  const id = useId();
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          name="confirm"
          value="yes"
          required
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? id : undefined}
        />
        <span>{children}</span>
      </label>
      {error ? (
        <p id={id} className="text-small font-strong text-bad">
          {error}
        </p>
      ) : null}
    </>
  );
}
