// A place that has nothing yet: what will be here, and the one next step.

import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";

/**
 * @param title - What is not here (`No projects yet`).
 * @param children - What to do about it, with what is needed to copy.
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
