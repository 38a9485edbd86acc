/** Deletes an account, with a dialog to confirm, or a checkbox without JavaScript. */
import { EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { AskFirst } from "../ui/ask-first.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmCheck } from "../ui/confirm-check.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { deleteMyAccount } from "./delete-account-form.ts";

export const WHAT_DELETING_DOES = [
  "Your name and e-mail are removed, here and at WorkOS, and every session ends.",
  "Your projects stay, for an admin to manage.", // agents:line
].join(" ");

export function DeleteAccount() {
  const hydrated = useHydrated();
  const edit = useEdit(deleteMyAccount, { fixed: hydrated ? { confirm: "yes" } : {} });
  const button = (
    <Button look="danger" busy={edit.busy} busyLabel="Deleting">
      Delete my account
    </Button>
  );
  return (
    <>
      {edit.errors.form ? <Notice kind="alert">{edit.errors.form}</Notice> : null}
      {hydrated ? (
        <div>
          <AskFirst label="Delete my account" title="Delete your account?">
            <p>{`${WHAT_DELETING_DOES} This cannot be undone.`}</p>
            <EditForm edit={edit}>{button}</EditForm>
          </AskFirst>
        </div>
      ) : (
        <EditForm edit={edit} className="flex flex-col items-start gap-2">
          <ConfirmCheck error={edit.errors.confirm}>{deleteMyAccount.fields.confirm.label}</ConfirmCheck>
          {button}
        </EditForm>
      )}
    </>
  );
}
