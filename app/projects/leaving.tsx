/** Buttons to leave or delete a project. Both use HTTP, so that they are never queued while offline. */
import type { ReactNode } from "react";
import { ActForm } from "../data/act-form.tsx";
import { EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { AskFirst } from "../ui/ask-first.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmCheck } from "../ui/confirm-check.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { failureOf, type ProjectAnswer } from "./project-forms.ts";

export function Leaving({
  name,
  mayLeave,
  mayDelete,
  answer,
}: {
  name: string;
  mayLeave: boolean;
  mayDelete: boolean;
  answer: ProjectAnswer;
}) {
  if (!mayLeave && !mayDelete) return null;
  const leave = mayLeave ? (
    <ActForm intent="leave" look="danger" busyLabel="Leaving">
      Leave project
    </ActForm>
  ) : null;
  return (
    <Card title={mayDelete ? (mayLeave ? "Leave or delete" : "Delete") : "Leave"}>
      {mayDelete ? (
        <DeleteProject name={name} answer={answer}>
          {leave}
        </DeleteProject>
      ) : (
        <div>{leave}</div>
      )}
    </Card>
  );
}

/**
 * Asks for confirmation, then deletes the project.
 *
 * @param children - Shown next to the button.
 */
function DeleteProject({
  name,
  answer,
  children,
}: {
  name: string;
  answer: ProjectAnswer;
  children: ReactNode;
}) {
  const hydrated = useHydrated();
  const failure = failureOf(answer, "delete");
  const edit = useEdit({ failure });
  const button = (
    <Button look="danger" busy={edit.busy} busyLabel="Deleting">
      Delete project
    </Button>
  );
  const what = `“${name}”, its keys and all its metrics are gone for everyone, for good.`;
  return (
    <>
      {edit.refusal ? <Notice kind="alert">{edit.refusal}</Notice> : null}
      <div className="flex flex-wrap items-start gap-4">
        {children}
        {hydrated ? (
          <AskFirst label="Delete project" title="Delete this project?">
            <p>{what}</p>
            <EditForm edit={edit} intent="delete">
              <input type="hidden" name="confirm" value="yes" />
              {button}
            </EditForm>
          </AskFirst>
        ) : (
          <EditForm edit={edit} intent="delete" className="flex flex-col items-start gap-2">
            <ConfirmCheck error={failure?.errors.confirm}>{`Yes, delete it: ${what}`}</ConfirmCheck>
            {button}
          </EditForm>
        )}
      </div>
    </>
  );
}
