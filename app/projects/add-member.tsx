/** Adding somebody by e-mail: they show at once, marked as waiting until Convex has them. */
import { useRef, useState } from "react";
import { Form, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { type Edit, useLiveMutation } from "../live/use-live-mutation.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { failureOf, type ProjectAnswer } from "./project-forms.ts";

export type Adding = {
  edit: Edit;
  /** What came of the last one. */
  said: string | null;
  /** E-mails on their way, oldest first. */
  waiting: readonly string[];
  /** Null while there is no live connection. */
  add: ((email: string) => Promise<boolean>) | null;
};

/** Keeps who is being added where the list can show it. */
export function useAddMember(projectId: string): Adding {
  const { edit, run } = useLiveMutation(api.projects.addMember);
  const [waiting, setWaiting] = useState<readonly string[]>([]);
  const [said, setSaid] = useState<string | null>(null);
  const add = async (typed: string) => {
    if (run === null) return false;
    const email = typed.trim().toLowerCase();
    setSaid(null);
    setWaiting((known) => [...known, email]);
    const outcome = await run({ projectId, email });
    setWaiting((known) => known.filter((_, index) => index !== known.indexOf(email)));
    if (outcome.done) {
      setSaid(outcome.value === "added" ? "Member added" : "Invited: they join at their first sign-in");
    }
    return outcome.done;
  };
  return { edit, said, waiting, add: run === null ? null : add };
}

export function AddMember({
  adding: { edit, said, add },
  answer,
}: {
  adding: Adding;
  answer: ProjectAnswer;
}) {
  const form = useRef<HTMLFormElement>(null);
  const { formData } = useNavigation();
  const failure = failureOf(answer, "add-member");
  const error = edit.status === "refused" ? edit.message : failure?.errors.email;
  return (
    <>
      {said && edit.status === "done" ? <Notice kind="status">{said}</Notice> : null}
      <Form
        method="post"
        ref={form}
        preventScrollReset
        className="form-row max-w-form"
        onSubmit={(event) => {
          if (add === null) return;
          event.preventDefault();
          const email = String(new FormData(event.currentTarget).get("email") ?? "");
          const emptied = form.current;
          void add(email).then((added) => added && emptied?.reset());
        }}
      >
        <input type="hidden" name="intent" value="add-member" />
        <Field
          label="E-mail"
          name="email"
          type="email"
          required
          maxLength={254}
          autoComplete="off"
          help="Somebody who is not here yet becomes a member at their first sign-in."
          defaultValue={failure?.values.email}
          error={error ?? undefined}
        />
        <Button busy={formData?.get("intent") === "add-member"} busyLabel="Adding">
          Add member
        </Button>
      </Form>
    </>
  );
}
