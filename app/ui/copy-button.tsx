// Puts a text on the clipboard, and says so. There only where it can.

import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { useHydrated } from "./use-hydrated.ts";

const SAID_MS = 2_000;

/** @param what - What is copied, for a screen reader: `the key`. */
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
          // Refused only where the person refuses it; then the text can still be selected.
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
