/** Form that adds a member by e-mail, with an optimistic entry until Convex has applied it. */
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { EditForm } from "../data/edit-form.tsx";
import { type Edit, useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { failureOf, type ProjectAnswer } from "./project-forms.ts";

export type Adding = {
  edit: Edit<typeof api.projects.addMember>;
  /** Result of the last addition, as text. */
  said: string | null;
  /** E-mails of the pending additions, oldest first. */
  waiting: readonly string[];
};

/** Returns the state of the form, shared with the list that shows pending members. */
export function useAddMember(projectId: string, answer: ProjectAnswer): Adding {
  const [said, setSaid] = useState<string | null>(null);
  const edit = useEdit({
    reference: api.projects.addMember,
    args: ({ email = "" }) => ({ projectId, email: email.trim().toLowerCase() }),
    failure: failureOf(answer, "add-member"),
    stay: true,
    onDone: (_, value) =>
      setSaid(value === "added" ? "Member added" : "Invited: they join at their first sign-in"),
  });
  return { edit, said, waiting: edit.pending.flatMap((args) => (args ? [args.email] : [])) };
}

export function AddMember({ adding: { edit, said } }: { adding: Adding }) {
  return (
    <>
      {said && edit.done ? <Notice kind="status">{said}</Notice> : null}
      <EditForm edit={edit} intent="add-member" className="form-row max-w-form">
        <Field
          label="E-mail"
          name="email"
          type="email"
          required
          maxLength={254}
          autoComplete="off"
          help="A user without an account becomes a member at their first sign-in."
          defaultValue={edit.failure?.values.email}
          error={edit.refusal ?? edit.failure?.errors.email}
        />
        <Button busy={edit.busy} busyLabel="Adding">
          Add member
        </Button>
      </EditForm>
    </>
  );
}
