/** Footer of every page, with the connection state. */
import type { ReactNode } from "react";
import { href } from "react-router";
import { DocumentLink } from "./document-link.tsx";

/**
 * Renders the footer.
 *
 * @param children - The connection state (`LiveMark`), if there is a connection.
 */
export function Footer({ children }: { children?: ReactNode }) {
  return (
    <footer className="mt-auto border-t border-line">
      <div className="mx-auto flex min-h-14 w-full max-w-page flex-wrap items-center gap-x-6 px-4 text-small text-quiet wide:px-6">
        <span>Mosaic</span>
        <DocumentLink to={href("/about")} className="inline-flex min-h-11 min-w-11 items-center text-quiet">
          About
        </DocumentLink>
        <span className="ml-auto inline-flex min-h-11 items-center">{children}</span>
      </div>
    </footer>
  );
}
