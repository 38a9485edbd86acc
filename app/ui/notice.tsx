/** Message about the result of an action. */
import type { ReactNode } from "react";

/**
 * Renders a message.
 *
 * @param kind - `status` for success, which screen readers announce politely; `alert` for errors,
 *   announced at once.
 */
export function Notice({ kind, children }: { kind: "status" | "alert"; children: ReactNode }) {
  const look = kind === "alert" ? "border-bad bg-bad-wash" : "border-good bg-good-wash";
  return (
    <div role={kind} className={`flex items-baseline gap-3 rounded-control border px-4 py-2.5 ${look}`}>
      <span className="mark" data-state={kind === "alert" ? "silent" : "fresh"} aria-hidden="true" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
