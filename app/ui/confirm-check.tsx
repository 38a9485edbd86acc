// What asks first where no script can: a box to tick, with what is wrong when it was not.

import { type ReactNode, useId } from "react";

/** A required checkbox named `confirm`. @param error - Said at the box when it came back unticked. */
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
