// A form of one field: field and button on one line, level with each other.

import type { ReactNode } from "react";

/**
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
