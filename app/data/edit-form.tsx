/** Form whose edit goes over the tab's socket or to the server's action. */
import type { ComponentProps } from "react";
import { Form } from "react-router";
import type { Edit } from "./use-edit.ts";

/**
 * Renders a form for an edit.
 *
 * @param edit - The result of `useEdit`.
 * @param intent - Tells the server which of the page's forms this is.
 */
export function EditForm({
  edit,
  intent,
  children,
  ...props
}: Pick<ComponentProps<typeof Form>, "className" | "action" | "children"> & {
  edit: Pick<Edit, "form" | "onSubmit" | "onInput">;
  intent?: string;
}) {
  return (
    <Form {...props} method="post" ref={edit.form} onSubmit={edit.onSubmit} onInput={edit.onInput}>
      {intent ? <input type="hidden" name="intent" value={intent} /> : null}
      {children}
    </Form>
  );
}
