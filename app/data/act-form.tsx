/** Form with one button. */
import type { FunctionReference } from "convex/server";
import { type ReactNode, useId } from "react";
import { Button, type ButtonLook } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { EditForm } from "./edit-form.tsx";
import { useEdit } from "./use-edit.ts";

/**
 * Renders a form with one button, and the error if the edit was rejected.
 *
 * @param fields - Hidden fields that the server's action needs in addition to the intent.
 * @param reference - The mutation that does the same as the action. Without it the form uses HTTP only.
 * @param args - The arguments of the mutation.
 * @param about - The id of the element that the button acts on, because the label is only `Remove`.
 */
export function ActForm<F extends FunctionReference<"mutation">>({
  intent,
  fields = {},
  reference,
  args,
  about,
  busyLabel,
  look = "quiet",
  children,
}: {
  intent?: string;
  fields?: Record<string, string>;
  reference?: F;
  args?: F["_args"];
  about?: string;
  busyLabel: string;
  look?: ButtonLook;
  children: ReactNode;
}) {
  const id = useId();
  const edit = useEdit<F>({
    ...(reference && { reference, args: () => args }),
    stay: reference !== undefined,
  });
  return (
    <EditForm
      edit={edit}
      {...(intent !== undefined && { intent })}
      className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2"
    >
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {edit.waiting ? <Waiting /> : null}
      <Button
        look={look}
        busy={edit.waiting}
        busyLabel={busyLabel}
        aria-describedby={[about, edit.refusal ? id : ""].filter(Boolean).join(" ") || undefined}
      >
        {children}
      </Button>
      {edit.refusal ? (
        <div id={id} className="basis-full">
          <Notice kind="alert">{edit.refusal}</Notice>
        </div>
      ) : null}
    </EditForm>
  );
}
