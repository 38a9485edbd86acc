/** Group of related content. Cards are not nested. */
import type { ReactNode } from "react";
import { useId } from "react";

/**
 * Renders a card.
 *
 * @param title - Heading (`h2`), which also labels the region.
 * @param intro - A sentence below the heading.
 */
export function Card({ title, intro, children }: { title?: string; intro?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4 wide:p-6"
    >
      {title ? (
        <div>
          <h2 id={id}>{title}</h2>
          {intro ? <p className="mt-1 text-quiet">{intro}</p> : null}
        </div>
      ) : null}
      {children}
    </section>
  );
}
