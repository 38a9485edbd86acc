/** Button with a confirmation dialog. The native `dialog` handles focus, Escape and the backdrop. */
import { type ReactNode, useId, useRef } from "react";
import { Button } from "./button.tsx";

/**
 * Renders the button and its dialog. Without JavaScript, use `ConfirmCheck` instead.
 *
 * @param label - Label of the button.
 * @param title - The question.
 * @param about - The id of the element that the button acts on, because the label is only `Suspend`.
 * @param children - What will happen, and the form.
 */
export function AskFirst({
  label,
  title,
  about,
  children,
}: {
  label: string;
  title: string;
  about?: string;
  children: ReactNode;
}) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button
        type="button"
        look="danger"
        aria-describedby={about}
        onClick={() => dialog.current?.showModal()}
      >
        {label}
      </Button>
      <dialog ref={dialog} aria-labelledby={id} className="dialog">
        <h2 id={id}>{title}</h2>
        {children}
        <form method="dialog">
          <Button>Cancel</Button>
        </form>
      </dialog>
    </>
  );
}
