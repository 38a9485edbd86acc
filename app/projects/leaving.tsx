/** The ways out of a project: leaving it, and deleting it for everyone. Neither waits for a tab to be back online. */
import { type FormEvent, useState } from "react";
import { Form, useNavigation } from "react-router";
import { useLive } from "../live/live-context.ts";
import { AskFirst } from "../ui/ask-first.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmCheck } from "../ui/confirm-check.tsx";
import { Notice } from "../ui/notice.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { failureOf, type ProjectAnswer } from "./project-forms.ts";

const OFFLINE = "You are offline. This can be done once you are back.";

export function Leaving({
  name,
  mayLeave,
  mayDelete,
  answer,
}: {
  name: string;
  mayLeave: boolean;
  mayDelete: boolean;
  answer: ProjectAnswer;
}) {
  const { state } = useLive();
  const { formData } = useNavigation();
  const [stopped, setStopped] = useState(false);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.currentTarget.closest("dialog")?.close();
    setStopped(state === "offline");
    if (state === "offline") event.preventDefault();
  };
  if (!mayLeave && !mayDelete) return null;
  return (
    <Card title={mayDelete ? (mayLeave ? "Leave or delete" : "Delete") : "Leave"}>
      {stopped ? <Notice kind="alert">{OFFLINE}</Notice> : null}
      <div className="flex flex-wrap items-start gap-4">
        {mayLeave ? (
          <Form method="post" onSubmit={onSubmit}>
            <input type="hidden" name="intent" value="leave" />
            <Button look="danger" busy={formData?.get("intent") === "leave"} busyLabel="Leaving">
              Leave project
            </Button>
          </Form>
        ) : null}
        {mayDelete ? <DeleteProject name={name} onSubmit={onSubmit} answer={answer} /> : null}
      </div>
    </Card>
  );
}

function DeleteProject({
  name,
  onSubmit,
  answer,
}: {
  name: string;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  answer: ProjectAnswer;
}) {
  const hydrated = useHydrated();
  const { formData } = useNavigation();
  const unticked = failureOf(answer, "delete")?.errors.confirm;
  const intent = <input type="hidden" name="intent" value="delete" />;
  const button = (
    <Button look="danger" busy={formData?.get("intent") === "delete"} busyLabel="Deleting">
      Delete project
    </Button>
  );
  const what = `“${name}”, its keys and all its metrics are gone for everyone, for good.`;
  if (hydrated) {
    return (
      <AskFirst label="Delete project" title="Delete this project?">
        <p>{what}</p>
        <Form method="post" onSubmit={onSubmit}>
          {intent}
          <input type="hidden" name="confirm" value="yes" />
          {button}
        </Form>
      </AskFirst>
    );
  }
  return (
    <Form method="post" className="flex flex-col items-start gap-2">
      {intent}
      <ConfirmCheck error={unticked}>{`Yes, delete it: ${what}`}</ConfirmCheck>
      {button}
    </Form>
  );
}
