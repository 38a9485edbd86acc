/** Form that creates a project. */
import { EditField, EditForm } from "../data/edit-form.tsx";
import { useLive } from "../data/live-context.ts";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { createProject } from "./create-forms.ts";

export function CreateProject() {
  const { viewer } = useLive();
  const edit = useEdit(createProject, { shown: viewer });
  return (
    <Card title="New project">
      {edit.errors.form ? <Notice kind="alert">{edit.errors.form}</Notice> : null}
      {edit.done ? <Notice kind="status">{edit.done}</Notice> : null}
      <EditForm edit={edit} action={createProject.to} className="form-row max-w-form">
        <EditField edit={edit} name="name" />
        <Button look="primary" busy={edit.busy} busyLabel="Creating">
          Create project
        </Button>
        {edit.waiting ? <Waiting /> : null}
      </EditForm>
    </Card>
  );
}
