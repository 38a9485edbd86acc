// A page for when something went wrong: what happened, what to do, and the request id, in that order.

import { ButtonLink } from "./button.tsx";
import { Page } from "./page.tsx";

/**
 * @param title - What happened.
 * @param message - What it means and what can be done.
 * @param action - The one next step.
 * @param requestId - What to tell whoever looks into it; it is in the log.
 */
export function ErrorPage({
  title,
  message,
  action,
  requestId,
}: {
  title: string;
  message: string;
  action?: { href: string; label: string };
  requestId?: string;
}) {
  return (
    <Page title={title} narrow intro={message}>
      {action ? (
        <p>
          <ButtonLink href={action.href} look="primary">
            {action.label}
          </ButtonLink>
        </p>
      ) : null}
      {requestId ? (
        <p className="text-small text-quiet">
          Request <code className="select-all break-all text-ink">{requestId}</code>
        </p>
      ) : null}
    </Page>
  );
}
