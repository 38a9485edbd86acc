/** Button that copies a text to the clipboard; shown only if the browser supports it. */
import { useEffect, useId, useState } from "react";
import { Button } from "./button.tsx";
import { useHydrated } from "./use-hydrated.ts";

const SAID_MS = 2_000;

/**
 * Renders the button.
 *
 * @param what - Description of the content for screen readers: `the key`.
 */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const id = useId();
  const hydrated = useHydrated();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  if (!hydrated || !navigator.clipboard) return null;
  return (
    <>
      <Button
        type="button"
        aria-describedby={id}
        busy={copied}
        busyLabel="Copied"
        onClick={() => {
          // Fails only if the user denies the permission; the text can still be selected.
          void navigator.clipboard.writeText(text).then(
            () => setCopied(true),
            () => undefined,
          );
        }}
      >
        Copy
      </Button>
      <span id={id} hidden>
        {what}
      </span>
      <span aria-live="polite" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}
