/** Form that adds a member by e-mail. */
import { EditField, EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { addMember } from "./project-forms.ts";

/** How invited users learn that they are: from WorkOS, or from the inviter, who sends them the origin. */
export type Inviting = { origin: string; sendsInvitations: boolean };

/**
 * Returns the state of the form, shared with the list that shows pending members.
 *
 * @param sendsInvitations - Whether WorkOS sends the invitations: only the server can ask it to.
 */
export function useAddMember(projectId: string, sendsInvitations: boolean) {
  return useEdit({ ...addMember, overHttp: sendsInvitations }, { params: { projectId } });
}

export function AddMember({
  edit,
  inviting: { origin, sendsInvitations },
}: {
  edit: ReturnType<typeof useAddMember>;
  inviting: Inviting;
}) {
  const help = sendsInvitations
    ? "A user without an account gets an invitation by e-mail, and becomes a member at their first sign-in."
    : `A user without an account becomes a member at their first sign-in. No e-mail is sent: tell them to open ${origin}.`;
  return (
    <>
      {edit.done ? <Notice kind="status">{edit.done}</Notice> : null}
      <EditForm edit={edit} className="form-row max-w-form">
        <EditField edit={edit} name="email" help={help} />
        <Button busy={edit.busy} busyLabel="Adding">
          Add member
        </Button>
      </EditForm>
    </>
  );
}
