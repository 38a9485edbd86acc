/** Code block with a copy button. */
import { useId } from "react";
import { CopyButton } from "./copy-button.tsx";

/**
 * Renders a code block.
 *
 * @param title - Heading of the block: `curl`.
 * @param what - Name of the content for the copy button: `the command`.
 */
export function CodeBlock({ title, what, code }: { title: string; what: string; code: string }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-1">
      <div className="flex min-h-11 items-center justify-between gap-4">
        <h3 id={id}>{title}</h3>
        <CopyButton text={code} what={what} />
      </div>
      <pre className="code">
        <code>{code}</code>
      </pre>
    </section>
  );
}
