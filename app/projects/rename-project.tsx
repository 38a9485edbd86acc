/** A project's new name: shown at once, taken back with a reason where it is refused. */
import type { OptimisticLocalStore } from "convex/browser";
import { useCallback, useRef, useState } from "react";
import { Form, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { nameProblem } from "../../convex/model/names.ts";
import { useLiveMutation } from "../live/use-live-mutation.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { failureOf, type ProjectAnswer } from "./project-forms.ts";
import type { Project } from "./project-query.ts";

/** @param project As it is shown; null where it cannot be. */
export function RenameProject({
  projectId,
  project,
  answer,
}: {
  projectId: string;
  project: Project | null;
  answer: ProjectAnswer;
}) {
  const form = useRef<HTMLFormElement>(null);
  const { formData } = useNavigation();
  const failure = failureOf(answer, "rename");
  const showAtOnce = useCallback(
    (store: OptimisticLocalStore, { name }: { name: string }) => {
      // Before the live query has answered, what the loader gave is what is shown.
      const known = store.getQuery(api.projects.get, { projectId }) ?? project;
      if (known) store.setQuery(api.projects.get, { projectId }, { ...known, name: name.trim() });
    },
    [projectId, project],
  );
  const { edit, run } = useLiveMutation(api.projects.rename, showAtOnce);
  const [problem, setProblem] = useState<string | null>(null);
  const error = problem ?? (edit.status === "refused" ? edit.message : failure?.errors.name);
  return (
    <Card title="Name">
      {edit.status === "done" ? <Notice kind="status">Project renamed</Notice> : null}
      <Form
        method="post"
        ref={form}
        preventScrollReset
        className="form-row max-w-form"
        onSubmit={(event) => {
          if (run === null) return;
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("name") ?? "");
          const found = nameProblem(name);
          setProblem(found);
          if (found === null) {
            void run({ projectId, name }).then((renamed) => renamed.done && form.current?.reset());
          }
        }}
      >
        <input type="hidden" name="intent" value="rename" />
        <Field
          label="New name"
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          defaultValue={failure?.values.name}
          error={error ?? undefined}
        />
        <Button busy={formData?.get("intent") === "rename"} busyLabel="Renaming">
          Rename
        </Button>
      </Form>
      {edit.status === "waiting" ? <Waiting /> : null}
    </Card>
  );
}
