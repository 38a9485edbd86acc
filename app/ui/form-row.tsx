/** Row with one field and its button. */
import type { ReactNode } from "react";

/**
 * Renders the row.
 *
 * @param children - The `Field`.
 * @param button - The `Button`.
 */
export function FormRow({ children, button }: { children: ReactNode; button: ReactNode }) {
  return (
    <div className="form-row w-full max-w-form">
      {children}
      <div>{button}</div>
    </div>
  );
}
