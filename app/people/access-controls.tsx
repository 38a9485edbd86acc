/** Buttons that end the sessions of a user, suspend and restore them, each with a confirmation. */
import { useId } from "react";
import type { ServerForm } from "../data/define-form.ts";
import { EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { AskFirst } from "../ui/ask-first.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmCheck } from "../ui/confirm-check.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { endSessions, restoreUser, suspendUser } from "./people-forms.ts";

type Person = { _id: string; email: string; status: string };

/**
 * Renders the controls of one user.
 *
 * @param about - The id of the element with the email.
 * @param isViewer - Whether this is the current user, who cannot suspend themselves.
 */
export function AccessControls({
  person: { _id, email, status },
  about,
  isViewer,
}: {
  person: Person;
  about: string;
  isViewer: boolean;
}) {
  const props = { userId: _id, about };
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Control {...props} form={endSessions} label="End sessions" title={`End all sessions of ${email}?`}>
        They are signed out everywhere within seconds, and may sign in again.
      </Control>
      {isViewer ? null : status === "suspended" ? (
        <Control {...props} form={restoreUser} label="Restore" title={`Restore ${email}?`}>
          They may sign in again.
        </Control>
      ) : (
        <Control {...props} form={suspendUser} label="Suspend" title={`Suspend ${email}?`}>
          {[
            "They are signed out within seconds, and may not sign in until restored.",
            "Their projects, API keys and agents go on.", // agents:line
          ].join(" ")}
        </Control>
      )}
    </div>
  );
}

type ControlProps = {
  form: Pick<ServerForm, "intent" | "fields">;
  userId: string;
  about: string;
  label: string;
  title: string;
  children: string;
};

function Control({ form, userId, about, label, title, children }: ControlProps) {
  const hydrated = useHydrated();
  const id = useId();
  const edit = useEdit(form, { fixed: { userId, ...(hydrated && { confirm: "yes" }) } });
  const described = edit.errors.form ? `${about} ${id}` : about;
  const button = (
    <Button look="danger" busy={edit.busy} busyLabel="Working" aria-describedby={described}>
      {label}
    </Button>
  );
  return (
    <div className="flex flex-col items-end gap-2">
      {hydrated ? (
        <AskFirst label={label} title={title} about={described}>
          <p>{children}</p>
          <EditForm edit={edit}>{button}</EditForm>
        </AskFirst>
      ) : (
        <EditForm edit={edit} className="flex flex-wrap items-center justify-end gap-2">
          {/* Takes no space if the dialog is going to ask. */}
          <noscript>
            <ConfirmCheck>Yes</ConfirmCheck>
          </noscript>
          {button}
        </EditForm>
      )}
      {edit.errors.form ? (
        <div id={id}>
          <Notice kind="alert">{edit.errors.form}</Notice>
        </div>
      ) : null}
    </div>
  );
}
