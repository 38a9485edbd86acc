/** Page content with one `main` and one heading, which gets focus after navigation for screen readers. */
import type { ReactNode } from "react";

/** Id of the heading, which gets focus after a client navigation. */
export const PAGE_TITLE_ID = "page-title";

/**
 * Renders the content of a page.
 *
 * @param title - The page's only `h1`.
 * @param intro - A sentence or a line of facts below the title.
 * @param actions - Actions for the whole page; right of the title, below it on a phone.
 * @param narrow - Uses a narrow column, for text or a single form.
 */
export function Page({
  title,
  intro,
  actions,
  narrow = false,
  children,
}: {
  title: string;
  intro?: ReactNode;
  actions?: ReactNode;
  narrow?: boolean;
  children?: ReactNode;
}) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto flex w-full max-w-page flex-col gap-6 px-4 pt-6 pb-10 wide:px-6 wide:pt-10"
    >
      <div className={narrow ? "flex max-w-text flex-col gap-6" : "contents"}>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
          <div className="min-w-0">
            <h1 id={PAGE_TITLE_ID} tabIndex={-1}>
              {title}
            </h1>
            {intro ? <div className="mt-2 max-w-text text-quiet">{intro}</div> : null}
          </div>
          {actions}
        </div>
        {children}
      </div>
    </main>
  );
}
