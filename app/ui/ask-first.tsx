// A button that asks before it does what cannot be undone: a native dialog, so that focus, Escape and the ground behind
// it are the browser's. Without JavaScript the caller's form has a box to tick instead.

import { type ReactNode, useId, useRef } from "react";
import { Button } from "./button.tsx";

/**
 * @param label - On the button that asks.
 * @param title - The question. @param children - What will happen, and the form that does it.
 */
export function AskFirst({ label, title, children }: { label: string; title: string; children: ReactNode }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button type="button" look="danger" onClick={() => dialog.current?.showModal()}>
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
