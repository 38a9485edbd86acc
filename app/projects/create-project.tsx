/** Form that creates a project, with an optimistic update that is rolled back if Convex rejects it. */

import type { OptimisticLocalStore } from "convex/browser";
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { serverNow } from "../data/clock.ts";
import { EditForm } from "../data/edit-form.tsx";
import type { FormFailure } from "../data/forms.server.ts";
import { useLive } from "../data/live-context.ts";
import { useEdit } from "../data/use-edit.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { WAITING } from "./project-list.tsx";

/** Counter for ids of optimistic entries. `crypto.randomUUID` is missing on plain HTTP origins. */
let made = 0;

/**
 * Renders the form.
 *
 * @param failure - The action's error, if the form was sent over HTTP and rejected.
 */
export function CreateProject({ failure }: { failure: FormFailure | undefined }) {
  const { viewer } = useLive();
  const edit = useEdit({
    reference: api.projects.create,
    args: ({ name = "" }) => ({ name }),
    optimistic(store: OptimisticLocalStore, { name }) {
      const known = store.getQuery(api.projects.mine, {});
      if (!viewer || !known) return;
      const project = {
        _id: `${WAITING}${++made}` as (typeof known)[number]["_id"],
        name: name.trim(),
        ownerId: viewer._id,
        createdAt: serverNow(),
        role: "owner" as const,
      };
      store.setQuery(api.projects.mine, {}, [project, ...known]);
    },
    failure,
  });
  return (
    <Card title="New project">
      {edit.failure?.message ? <Notice kind="alert">{edit.failure.message}</Notice> : null}
      {edit.done ? <Notice kind="status">Project created</Notice> : null}
      <EditForm edit={edit} action={href("/dashboard")} className="form-row max-w-form">
        <Field
          label="Project name"
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          defaultValue={edit.failure?.values.name}
          error={edit.refusal ?? edit.failure?.errors.name}
        />
        <Button look="primary" busy={edit.busy} busyLabel="Creating">
          Create project
        </Button>
        {edit.waiting ? <Waiting /> : null}
      </EditForm>
    </Card>
  );
}
