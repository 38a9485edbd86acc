// What one presses. A button says what it does, and while it works it says so and keeps its width.

import type { ComponentProps, ReactNode } from "react";

/** `primary`: the one thing to do next. `danger`: quiet until it is asked for. */
export type ButtonLook = "primary" | "quiet" | "danger";

/**
 * A native button, `type="submit"` unless said otherwise.
 *
 * @param busy - At work: shows `busyLabel` over the label and is `aria-busy`; it stays in the tab order.
 * @param busyLabel - What it says meanwhile (`Saving`); no longer than the label plus its padding.
 */
export function Button({
  look = "quiet",
  busy = false,
  busyLabel = "Working",
  type = "submit",
  children,
  ...rest
}: Omit<ComponentProps<"button">, "className" | "style"> & {
  look?: ButtonLook;
  busy?: boolean;
  busyLabel?: string;
}) {
  return (
    <button {...rest} type={type} className="button" data-look={look} aria-busy={busy || undefined}>
      <span className="button-rest">{children}</span>
      {busy ? <span className="button-busy">{busyLabel}</span> : null}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function ButtonLink({
  href,
  look = "quiet",
  children,
}: {
  href: string;
  look?: ButtonLook;
  children: ReactNode;
}) {
  return (
    <a href={href} className="button" data-look={look}>
      {children}
    </a>
  );
}
