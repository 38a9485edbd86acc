/** Empty state of a list or page, with the next step. */
import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";

/**
 * Renders the empty state.
 *
 * @param title - What is missing (`Nothing yet`).
 * @param children - The next step.
 */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-4 rounded-card border border-dashed border-control p-6 wide:flex-row wide:gap-6">
      <span className="text-quiet">
        <Logo size={48} dashed />
      </span>
      <div className="flex min-w-0 max-w-text flex-col gap-2">
        <h2>{title}</h2>
        {children}
      </div>
    </div>
  );
}
