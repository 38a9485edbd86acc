/** Pagination links, so that each page of a list has a URL. */
import { Link } from "react-router";

/**
 * Renders links to the first and the next page.
 *
 * @param filters - The other query parameters of the URL.
 * @param older - Whether the current page is not the first one.
 * @param next - Pagination cursor of the next page; null on the last page.
 * @param names - Labels of the links to the first and the next page.
 * @param hash - Fragment of the list's position on the page.
 */
export function PageLinks({
  filters = {},
  older,
  next,
  names: [first, following] = ["Newest", "Older"],
  hash = "",
}: {
  filters?: Record<string, string>;
  older: boolean;
  next: string | null;
  names?: [first: string, next: string];
  hash?: string;
}) {
  if (!older && next === null) return null;
  const search = (more: Record<string, string>) => `?${new URLSearchParams({ ...filters, ...more })}${hash}`;
  // With a fragment the page scrolls to the list, otherwise it keeps its position.
  const preventScrollReset = hash === "";
  return (
    <p className="flex justify-between gap-4">
      {older ? (
        <Link
          to={search({})}
          preventScrollReset={preventScrollReset}
          className="inline-flex min-h-11 items-center"
        >
          {first}
        </Link>
      ) : (
        <span />
      )}
      {next === null ? null : (
        <Link
          to={search({ cursor: next })}
          preventScrollReset={preventScrollReset}
          className="inline-flex min-h-11 items-center"
        >
          {following}
        </Link>
      )}
    </p>
  );
}
