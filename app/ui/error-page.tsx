/** Error page: what happened, what to do, and the request id. */
import { ButtonLink } from "./button.tsx";
import { Page } from "./page.tsx";

/**
 * Renders the error page.
 *
 * @param title - What happened.
 * @param message - What it means and what the user can do.
 * @param action - The next step.
 * @param requestId - The id for a support request; the log has it too.
 */
export function ErrorPage({
  title,
  message,
  action,
  requestId,
}: {
  title: string;
  message: string;
  action?: { to: string; label: string; isDocument?: boolean };
  requestId?: string;
}) {
  return (
    <Page title={title} narrow intro={message}>
      {action ? (
        <p>
          <ButtonLink to={action.to} isDocument={action.isDocument ?? false} look="primary">
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
