/** A form of one button on a project's page: done over the tab's socket where there is one, else by the server. */
import type { FunctionReference } from "convex/server";
import { type ReactNode, useId } from "react";
import { Form, useNavigation } from "react-router";
import { useLiveMutation } from "../live/use-live-mutation.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { Intent } from "./project-forms.ts";

/**
 * @param fields What the server's form needs, beside its intent.
 * @param reference The mutation that does the same, and its `args`.
 * @param about The id of what the button is about: it says no more than `Remove`.
 */
export function ActForm<F extends FunctionReference<"mutation">>({
  intent,
  fields,
  reference,
  args,
  about,
  busyLabel,
  children,
}: {
  intent: Intent;
  fields: Record<string, string>;
  reference: F;
  args: F["_args"];
  about: string;
  busyLabel: string;
  children: ReactNode;
}) {
  const id = useId();
  const { formData } = useNavigation();
  const { edit, run } = useLiveMutation(reference);
  const posted =
    formData?.get("intent") === intent &&
    Object.entries(fields).every(([name, value]) => formData.get(name) === value);
  const waiting = edit.status === "waiting";
  return (
    <Form
      method="post"
      preventScrollReset
      className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2"
      onSubmit={(event) => {
        if (run === null) return;
        event.preventDefault();
        if (!waiting) void run(args);
      }}
    >
      <input type="hidden" name="intent" value={intent} />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {waiting ? <Waiting /> : null}
      <Button
        busy={posted || waiting}
        busyLabel={busyLabel}
        aria-describedby={edit.status === "refused" ? `${about} ${id}` : about}
      >
        {children}
      </Button>
      {edit.status === "refused" ? (
        <div id={id} className="basis-full">
          <Notice kind="alert">{edit.message}</Notice>
        </div>
      ) : null}
    </Form>
  );
}
