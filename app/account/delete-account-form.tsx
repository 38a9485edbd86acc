/** Form that deletes an account, with a dialog to confirm, or a checkbox without JavaScript. */

import { EditForm } from "../data/edit-form.tsx";
import type { FormFailure } from "../data/forms.server.ts";
import { useEdit } from "../data/use-edit.ts";
import { AskFirst } from "../ui/ask-first.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmCheck } from "../ui/confirm-check.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";

export const WHAT_DELETING_DOES =
  "Your name and e-mail are removed, here and at WorkOS, and every session ends. Your projects stay, for an admin to manage.";

/**
 * Renders the form.
 *
 * @param failure - The action's error, if the form was rejected.
 */
export function DeleteAccountForm({ failure }: { failure: FormFailure | undefined }) {
  const hydrated = useHydrated();
  const edit = useEdit({ failure });
  const message = edit.refusal ?? failure?.message;
  const button = (
    <Button look="danger" busy={edit.busy} busyLabel="Deleting">
      Delete my account
    </Button>
  );
  return (
    <>
      {message ? <Notice kind="alert">{message}</Notice> : null}
      {hydrated ? (
        <div>
          <AskFirst label="Delete my account" title="Delete your account?">
            <p>{`${WHAT_DELETING_DOES} This cannot be undone.`}</p>
            <EditForm edit={edit}>
              <input type="hidden" name="confirm" value="yes" />
              {button}
            </EditForm>
          </AskFirst>
        </div>
      ) : (
        <EditForm edit={edit} className="flex flex-col items-start gap-2">
          <ConfirmCheck error={failure?.errors.confirm}>Yes, delete my account for good</ConfirmCheck>
          {button}
        </EditForm>
      )}
    </>
  );
}
