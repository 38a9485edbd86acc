/** Form that renames a project, with an optimistic update that is rolled back if Convex rejects it. */
import type { OptimisticLocalStore } from "convex/browser";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { nameProblem } from "../../convex/model/names.ts";
import { EditForm } from "../data/edit-form.tsx";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { failureOf, type ProjectAnswer } from "./project-forms.ts";
import type { Project } from "./project-query.ts";

/**
 * Renders the form.
 *
 * @param project - The project shown; null if it could not be loaded.
 * @param answer - The action's response to the last form.
 */
export function RenameProject({
  projectId,
  project,
  answer,
}: {
  projectId: string;
  project: Project | null;
  answer: ProjectAnswer;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const edit = useEdit({
    reference: api.projects.rename,
    args({ name = "" }) {
      const found = nameProblem(name);
      setProblem(found);
      return found === null ? { projectId, name } : null;
    },
    optimistic(store: OptimisticLocalStore, { name }) {
      // Until the live query has a value, the page shows the loader's.
      const known = store.getQuery(api.projects.get, { projectId }) ?? project;
      if (known) store.setQuery(api.projects.get, { projectId }, { ...known, name: name.trim() });
    },
    failure: failureOf(answer, "rename"),
    stay: true,
  });
  return (
    <Card title="Name">
      {edit.done ? <Notice kind="status">Project renamed</Notice> : null}
      <EditForm edit={edit} intent="rename" className="form-row max-w-form">
        <Field
          label="New name"
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          defaultValue={edit.failure?.values.name}
          error={problem ?? edit.refusal ?? edit.failure?.errors.name}
        />
        <Button busy={edit.busy} busyLabel="Renaming">
          Rename
        </Button>
      </EditForm>
      {edit.waiting ? <Waiting /> : null}
    </Card>
  );
}
