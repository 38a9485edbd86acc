/** Creates the first API key of a project from the list of projects, and opens the project's page. */
import { type FormEvent, type ReactNode, useRef } from "react";
import { useSubmit } from "react-router";
import { HiddenFields } from "../data/edit-form.tsx";
import { loadPageCode } from "../react-router/page-code.ts";
import { createKey } from "./create-forms.ts";

/**
 * Renders one form around the list, because a form in each row would cost more than the rest of it.
 *
 * @param children - The list. Each button in it has the page of its project as `formAction`.
 */
export function FirstKey({ children }: { children: ReactNode }) {
  const submit = useSubmit();
  const sending = useRef(false);
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    const form = event.currentTarget;
    const { submitter } = event.nativeEvent as SubmitEvent;
    if (!(submitter instanceof HTMLButtonElement) || !navigator.onLine) return;
    event.preventDefault();
    // Ignore double clicks.
    if (sending.current) return;
    sending.current = true;
    try {
      const { formAction } = submitter;
      const isLoaded = await loadPageCode(new URL(formAction).pathname).then(
        () => true,
        () => false,
      );
      if (isLoaded) await submit(submitter, { state: { isSubmission: true } });
      else {
        form.action = formAction;
        form.submit();
      }
    } finally {
      sending.current = false;
    }
  };
  return (
    <form method="post" onSubmit={onSubmit}>
      <HiddenFields form={createKey} values={{ keyName: "First key" }} />
      {children}
    </form>
  );
}
