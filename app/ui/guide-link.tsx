/** Link to the guide for those who run agents: docs/agents.md as it is, a static file. */
import type { ReactNode } from "react";

const GUIDE = "/agents.txt";

export function GuideLink({ children }: { children: ReactNode }) {
  return (
    <a href={GUIDE} className="inline-flex min-h-11 items-center">
      {children}
    </a>
  );
}
