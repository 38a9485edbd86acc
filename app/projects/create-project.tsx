/** The form that starts a project: shown at once, taken back with a reason where it is refused. */
import type { OptimisticLocalStore } from "convex/browser";
import { useCallback, useRef } from "react";
import { Form, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import type { FormFailure } from "../forms.server.ts";
import { useLive } from "../live/live-context.ts";
import { useLiveMutation } from "../live/use-live-mutation.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { WAITING } from "./project-list.tsx";

/** @param failure Why the server refused the form, where it was sent without the live connection. */
export function CreateProject({ failure }: { failure: FormFailure | undefined }) {
  const { viewer } = useLive();
  const { state } = useNavigation();
  const form = useRef<HTMLFormElement>(null);
  /** Whether the list shows what waits; before it has come, the form says so itself. */
  const listed = useRef(false);
  const userId = viewer?._id;
  const showAtOnce = useCallback(
    (store: OptimisticLocalStore, { name }: { name: string }) => {
      const known = store.getQuery(api.projects.mine, {});
      listed.current = userId !== undefined && known !== undefined;
      if (userId === undefined || known === undefined) return;
      const project = {
        _id: `${WAITING}${crypto.randomUUID()}` as (typeof known)[number]["_id"],
        name: name.trim(),
        ownerId: userId,
        createdAt: Date.now(),
        role: "owner" as const,
      };
      store.setQuery(api.projects.mine, {}, [project, ...known]);
    },
    [userId],
  );
  const { edit, run } = useLiveMutation(api.projects.create, showAtOnce);
  const error = edit.status === "refused" ? edit.message : failure?.errors.name;
  return (
    <Card title="New project">
      {failure?.message ? <Notice kind="alert">{failure.message}</Notice> : null}
      {edit.status === "done" ? <Notice kind="status">Project created</Notice> : null}
      <Form
        method="post"
        action="/dashboard"
        ref={form}
        className="form-row max-w-form"
        onSubmit={(event) => {
          if (run === null) return;
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("name") ?? "");
          void run({ name }).then((created) => created.done && form.current?.reset());
        }}
      >
        <Field
          label="Project name"
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          defaultValue={failure?.values.name}
          error={error ?? undefined}
        />
        <Button look="primary" busy={state === "submitting"} busyLabel="Creating">
          Create project
        </Button>
        {edit.status === "waiting" && !listed.current ? <Waiting /> : null}
      </Form>
    </Card>
  );
}
