/** Form that creates an API key. The key itself is only passed to `onCreated`. */
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { nameProblem } from "../../convex/model/names.ts";
import { EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { type CreatedKey, failureOf, type ProjectAnswer } from "./project-forms.ts";

/**
 * Renders the form.
 *
 * @param first - Whether the project has no API key yet. Then a name is filled in, so that one click
 *   creates it.
 * @param onCreated - Receives the new API key, which is shown once.
 * @param answer - The action's response to the last form.
 */
export function CreateKey({
  projectId,
  first,
  onCreated,
  answer,
}: {
  projectId: string;
  first: boolean;
  onCreated: (created: CreatedKey) => void;
  answer: ProjectAnswer;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const edit = useEdit({
    reference: api.projectKeys.create,
    args({ keyName: name = "" }) {
      const found = nameProblem(name);
      setProblem(found);
      return found === null ? { projectId, name } : null;
    },
    failure: failureOf(answer, "create-key"),
    stay: true,
    onDone: (args, value) => value && args && onCreated({ key: value.key, name: args.name.trim() }),
  });
  return (
    <>
      <EditForm edit={edit} intent="create-key" className="form-row max-w-form">
        <Field
          label="Key name"
          name="keyName"
          required
          maxLength={100}
          autoComplete="off"
          defaultValue={edit.failure?.values.keyName ?? (first ? "First key" : undefined)}
          error={problem ?? edit.refusal ?? edit.failure?.errors.keyName}
        />
        <Button look={first ? "primary" : "quiet"} busy={edit.busy} busyLabel="Creating">
          Create key
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
    </>
  );
}
