// From one page of a list to the next, and back to the first: plain links, so that a page of a list has an address.

/**
 * @param filters - What else the address has. @param older - The address names a page that is not the first.
 * @param next - The cursor of the page after this one; null on the last.
 * @param names - What the links to the first and to the next page are called.
 * @param hash - Where on the page the list is.
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
  const href = (more: Record<string, string>) => `?${new URLSearchParams({ ...filters, ...more })}${hash}`;
  return (
    <p className="flex justify-between gap-4">
      {older ? (
        <a href={href({})} className="inline-flex min-h-11 items-center">
          {first}
        </a>
      ) : (
        <span />
      )}
      {next === null ? null : (
        <a href={href({ cursor: next })} className="inline-flex min-h-11 items-center">
          {following}
        </a>
      )}
    </p>
  );
}
