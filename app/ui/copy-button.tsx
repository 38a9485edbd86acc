/** Button that copies a text to the clipboard; shown only if the browser supports it. */
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { useHydrated } from "./use-hydrated.ts";

const SAID_MS = 2_000;

/**
 * Renders the button.
 *
 * @param what - Name of the content for screen readers: `the key`.
 */
export function CopyButton({ text, what }: { text: string; what: string }) {
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
        Copy<span className="sr-only">{` ${what}`}</span>
      </Button>
      <span aria-live="polite" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}
