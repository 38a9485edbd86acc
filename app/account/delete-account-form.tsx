/** The form that ends an account. It asks first: in a dialog, without JavaScript by a box to tick. */
import type { FormEvent } from "react";
import { Form, useNavigation } from "react-router";
import type { FormFailure } from "../forms.server.ts";
import { AskFirst } from "../ui/ask-first.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmCheck } from "../ui/confirm-check.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";

export const WHAT_DELETING_DOES =
  "Your name and e-mail are removed, here and at WorkOS, and every session ends. Your projects stay, for an admin to manage.";

/** @param failure Why it was refused. */
export function DeleteAccountForm({ failure }: { failure: FormFailure | undefined }) {
  const hydrated = useHydrated();
  const { formData } = useNavigation();
  const unticked = failure?.errors.confirm;
  const button = (
    <Button
      name="intent"
      value="delete"
      look="danger"
      busy={formData?.get("intent") === "delete"}
      busyLabel="Deleting"
    >
      Delete my account
    </Button>
  );
  const close = (event: FormEvent<HTMLFormElement>) => event.currentTarget.closest("dialog")?.close();
  return (
    <>
      {failure?.message ? <Notice kind="alert">{failure.message}</Notice> : null}
      {hydrated ? (
        <div>
          <AskFirst label="Delete my account" title="Delete your account?">
            <p>{`${WHAT_DELETING_DOES} This cannot be undone.`}</p>
            <Form method="post" onSubmit={close}>
              <input type="hidden" name="confirm" value="yes" />
              {button}
            </Form>
          </AskFirst>
        </div>
      ) : (
        <Form method="post" className="flex flex-col items-start gap-2">
          <ConfirmCheck error={unticked}>Yes, delete my account for good</ConfirmCheck>
          {button}
        </Form>
      )}
    </>
  );
}
