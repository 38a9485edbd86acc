/** The form that makes a key. The key itself goes to whoever shows it, and nowhere else. */
import { useRef, useState } from "react";
import { Form, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { nameProblem } from "../../convex/model/names.ts";
import { useLiveMutation } from "../live/use-live-mutation.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { type CreatedKey, failureOf, type ProjectAnswer } from "./project-forms.ts";

/** @param first There is none yet: a name is proposed, so that one press makes it. */
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
  const form = useRef<HTMLFormElement>(null);
  const { formData } = useNavigation();
  const failure = failureOf(answer, "create-key");
  const { edit, run } = useLiveMutation(api.projectKeys.create);
  const [problem, setProblem] = useState<string | null>(null);
  const error = problem ?? (edit.status === "refused" ? edit.message : failure?.errors.keyName);
  return (
    <>
      <Form
        method="post"
        ref={form}
        preventScrollReset
        className="form-row max-w-form"
        onSubmit={(event) => {
          if (run === null) return;
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("keyName") ?? "");
          const found = nameProblem(name);
          setProblem(found);
          if (found !== null) return;
          void run({ projectId, name }).then((outcome) => {
            if (!outcome.done) return;
            form.current?.reset();
            onCreated({ key: outcome.value.key, name: name.trim() });
          });
        }}
      >
        <input type="hidden" name="intent" value="create-key" />
        <Field
          label="Key name"
          name="keyName"
          required
          maxLength={100}
          autoComplete="off"
          defaultValue={failure?.values.keyName ?? (first ? "First key" : undefined)}
          error={error ?? undefined}
        />
        <Button
          look={first ? "primary" : "quiet"}
          busy={formData?.get("intent") === "create-key"}
          busyLabel="Creating"
        >
          Create key
        </Button>
      </Form>
      {edit.status === "waiting" ? <Waiting /> : null}
    </>
  );
}
