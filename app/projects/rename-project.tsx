/** Form that renames a project. */
import { EditField, EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { renameProject } from "./project-forms.ts";
import type { Project } from "./project-query.ts";

/**
 * Renders the form.
 *
 * @param project - The project shown; null if it could not be loaded.
 */
export function RenameProject({ projectId, project }: { projectId: string; project: Project | null }) {
  const edit = useEdit(renameProject, { params: { projectId }, shown: project });
  return (
    <Card title="Name">
      {edit.done ? <Notice kind="status">{edit.done}</Notice> : null}
      <EditForm edit={edit} className="form-row max-w-form">
        <EditField edit={edit} name="name" />
        <Button busy={edit.busy} busyLabel="Renaming">
          Rename
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
    </Card>
  );
}
