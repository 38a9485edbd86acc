/** Form with one button. */
import { type ReactNode, useId } from "react";
import { Button, type ButtonLook } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { FormFields, Mutation } from "./define-form.ts";
import { EditForm } from "./edit-form.tsx";
import { type EditableForm, type EditOptions, useEdit } from "./use-edit.ts";

/**
 * Renders a form with one button, and the error if the edit was rejected.
 *
 * @param form - The form's definition, with hidden fields only.
 * @param options - The options of `useEdit`, with the value of every field.
 * @param about - The id of the element that the button acts on, because the label is only `Remove`.
 */
export function ActForm<F extends FormFields, M extends Mutation, P, S>({
  form,
  options,
  about,
  busyLabel,
  look = "quiet",
  children,
}: {
  form: EditableForm<F, M, P, S>;
  options: EditOptions<F, M, P, S> & { fixed: Readonly<Record<keyof F & string, string>> };
  about?: string;
  busyLabel: string;
  look?: ButtonLook;
  children: ReactNode;
}) {
  const id = useId();
  const edit = useEdit(form, options);
  return (
    <EditForm edit={edit} className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
      {edit.waiting ? <Waiting /> : null}
      <Button
        look={look}
        busy={edit.waiting}
        busyLabel={busyLabel}
        aria-describedby={[about, edit.rejection ? id : ""].filter(Boolean).join(" ") || undefined}
      >
        {children}
      </Button>
      {edit.rejection ? (
        <div id={id} className="basis-full">
          <Notice kind="alert">{edit.rejection}</Notice>
        </div>
      ) : null}
    </EditForm>
  );
}
