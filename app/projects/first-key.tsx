/** Creates the first API key of a project from the list of projects, and opens the project's page. */
import { type FormEvent, useRef } from "react";
import { useSubmit } from "react-router";
import { HiddenFields } from "../data/edit-form.tsx";
import { loadPageCode } from "../react-router/page-code.ts";
import { Button } from "../ui/button.tsx";
import { createKey } from "./create-forms.ts";

const FIRST_KEY = "first-key";

/** Form shared by all `FirstKeyButton`s; each button sets its own `formAction`. */
export function FirstKey() {
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
    <form id={FIRST_KEY} method="post" hidden onSubmit={onSubmit}>
      <HiddenFields form={createKey} values={{ keyName: "First key" }} />
    </form>
  );
}

/**
 * Creates an API key and opens the project's page, which shows it in a command to copy.
 *
 * @param page - The path of that page.
 */
export function FirstKeyButton({ page }: { page: string }) {
  return (
    <Button form={FIRST_KEY} formAction={page}>
      Create a key to send with
    </Button>
  );
}
