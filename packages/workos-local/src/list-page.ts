/** Pagination with WorkOS's cursors (https://workos.com/docs/reference/pagination). */
import * as v from "valibot";
import { parse } from "./request.ts";

const Query = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    "10",
  ),
  order: v.optional(v.picklist(["asc", "desc", "normal"]), "desc"),
  before: v.optional(v.string()),
  after: v.optional(v.string()),
});

type Listed = { id: string; createdAt: number };

/**
 * Returns one page of `items`, by default newest first.
 *
 * @throws {WorkOSError} 422 when the limit is not from 1 to 100, or the order is unknown.
 */
export function listPage<Item extends Listed>(
  items: Item[],
  query: URLSearchParams,
  format: (item: Item) => unknown,
): { object: "list"; data: unknown[]; list_metadata: { before: string | null; after: string | null } } {
  const { limit, order, before, after } = parse(Query, Object.fromEntries(query));
  const direction = order === "desc" ? -1 : 1;
  const sorted = items.toSorted(
    (a, b) => direction * (a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  );
  const at = (id: string | undefined) => (id === undefined ? -1 : sorted.findIndex((item) => item.id === id));
  const start = at(after) + 1;
  const beforeIndex = at(before);
  const end = beforeIndex === -1 ? sorted.length : beforeIndex;
  // Backwards, the page ends at the cursor and is not the first of all.
  const from = beforeIndex === -1 ? start : Math.max(start, end - limit);
  const page = sorted.slice(from, Math.min(end, from + limit));
  const last = page.at(-1);
  return {
    object: "list",
    data: page.map(format),
    list_metadata: {
      before: page[0] && from > 0 ? page[0].id : null,
      after: last && sorted.at(-1) !== last ? last.id : null,
    },
  };
}
