/** Form that adds a member by e-mail. */
import { EditField, EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { addMember } from "./project-forms.ts";

/** Returns the state of the form, shared with the list that shows pending members. */
export function useAddMember(projectId: string) {
  return useEdit(addMember, { params: { projectId } });
}

export function AddMember({ edit }: { edit: ReturnType<typeof useAddMember> }) {
  return (
    <>
      {edit.done ? <Notice kind="status">{edit.done}</Notice> : null}
      <EditForm edit={edit} className="form-row max-w-form">
        <EditField
          edit={edit}
          name="email"
          help="A user without an account becomes a member at their first sign-in."
        />
        <Button busy={edit.busy} busyLabel="Adding">
          Add member
        </Button>
      </EditForm>
    </>
  );
}
