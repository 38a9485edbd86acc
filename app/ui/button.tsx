/** Button and link button. */
import type { ComponentProps, ReactNode } from "react";
import { Link } from "react-router";
import { DocumentLink } from "./document-link.tsx";

/** `primary`: the main action of the page. `danger`: low emphasis until hovered. */
export type ButtonLook = "primary" | "quiet" | "danger";

/** Quiet is how a `.button` looks without the attribute. */
const lookOf = (look: ButtonLook) => (look === "quiet" ? undefined : look);

/**
 * Renders a native button, with `type="submit"` by default.
 *
 * @param busy - Shows `busyLabel` over the label and sets `aria-busy`. The button stays in the tab order.
 * @param busyLabel - Label while busy (`Saving`). It must fit into the width of the button.
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
    <button {...rest} type={type} className="button" data-look={lookOf(look)} aria-busy={busy || undefined}>
      <span className="button-rest">{children}</span>
      {busy ? <span className="button-busy">{busyLabel}</span> : null}
    </button>
  );
}

/**
 * Renders a link that looks like a button, for navigation without side effects.
 *
 * @param isDocument - Whether the URL is not a page of the client router.
 */
export function ButtonLink({
  to,
  look = "quiet",
  isDocument = false,
  children,
}: {
  to: string;
  look?: ButtonLook;
  isDocument?: boolean;
  children: ReactNode;
}) {
  const Anchor = isDocument ? DocumentLink : Link;
  return (
    <Anchor to={to} className="button" data-look={lookOf(look)}>
      {children}
    </Anchor>
  );
}
