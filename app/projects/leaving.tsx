/** Buttons to archive, leave or delete a project. All use HTTP, so that they are never queued while offline. */
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
import { archiveProject, deleteProject, leaveProject, restoreProject } from "./project-forms.ts";

type Params = { projectId: string };

export function Leaving({
  projectId,
  name,
  archived,
  mayArchive,
  mayLeave,
  mayDelete,
}: {
  projectId: string;
  name: string;
  archived: boolean;
  mayArchive: boolean;
  mayLeave: boolean;
  mayDelete: boolean;
}) {
  if (!mayArchive && !mayLeave && !mayDelete) return null;
  const params = { projectId };
  const archive = mayArchive ? (
    <ActForm
      key={archived ? "restore" : "archive"}
      form={archived ? restoreProject : archiveProject}
      options={{ params, fixed: {} }}
      busyLabel={archived ? "Restoring" : "Archiving"}
    >
      {archived ? "Restore project" : "Archive project"}
    </ActForm>
  ) : null;
  const leave = mayLeave ? (
    <ActForm form={leaveProject} options={{ params, fixed: {} }} look="danger" busyLabel="Leaving">
      Leave project
    </ActForm>
  ) : null;
  const verbs = [
    ...(mayArchive ? [archived ? "restore" : "archive"] : []),
    ...(mayLeave ? ["leave"] : []),
    ...(mayDelete ? ["delete"] : []),
  ].join(" or ");
  return (
    <Card title={verbs.charAt(0).toUpperCase() + verbs.slice(1)}>
      {mayDelete ? (
        <DeleteProject params={params} name={name}>
          {archive}
          {leave}
        </DeleteProject>
      ) : (
        <div className="flex flex-wrap items-start gap-4">
          {archive}
          {leave}
        </div>
      )}
    </Card>
  );
}

/**
 * Asks for confirmation, then deletes the project.
 *
 * @param children - Shown next to the button.
 */
function DeleteProject({ params, name, children }: { params: Params; name: string; children: ReactNode }) {
  const hydrated = useHydrated();
  const edit = useEdit(deleteProject, { params, fixed: hydrated ? { confirm: "yes" } : {} });
  const button = (
    <Button look="danger" busy={edit.busy} busyLabel="Deleting">
      Delete project
    </Button>
  );
  const what = `“${name}”, its keys and all its metrics are gone for everyone, for good.`;
  return (
    <>
      {edit.rejection ? <Notice kind="alert">{edit.rejection}</Notice> : null}
      <div className="flex flex-wrap items-start gap-4">
        {children}
        {hydrated ? (
          <AskFirst label="Delete project" title="Delete this project?">
            <p>{what}</p>
            <EditForm edit={edit}>{button}</EditForm>
          </AskFirst>
        ) : (
          <EditForm edit={edit} className="flex flex-col items-start gap-2">
            <ConfirmCheck error={edit.errors.confirm}>
              {`${deleteProject.fields.confirm.label}: ${what}`}
            </ConfirmCheck>
            {button}
          </EditForm>
        )}
      </div>
    </>
  );
}
