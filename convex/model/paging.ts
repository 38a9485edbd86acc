/**
 * Pagination of lists: limits what a caller may request, and reads one page from the untrusted cursor of a
 * URL.
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { rejection } from "./rejection.ts";

const PAGE_SIZE = 20;
/** The maximum number of items on a page. */
export const MAX_ITEMS = 100;

const isLimit = (value: number | undefined) => value === undefined || (Number.isInteger(value) && value > 0);

/**
 * Checks the pagination options of a caller.
 *
 * @throws `invalid` if the page would have no items or more than 100, or if a limit is not a positive
 *   integer.
 */
export function requirePage(opts: PaginationOptions): PaginationOptions {
  const { numItems, maximumRowsRead, maximumBytesRead } = opts;
  if (!isLimit(numItems) || numItems > MAX_ITEMS) {
    throw rejection("invalid", `Ask for 1 to ${MAX_ITEMS} items at a time.`);
  }
  if (!isLimit(maximumRowsRead) || !isLimit(maximumBytesRead)) {
    throw rejection("invalid", "maximumRowsRead and maximumBytesRead are positive integers.");
  }
  return opts;
}

/**
 * Checks the size of a page that ends at a given cursor, because Convex ignores `numItems` then.
 *
 * @throws `invalid` if it has more than 100 items.
 */
export function requireBoundedPage({ endCursor }: PaginationOptions, result: unknown): void {
  const { page } = result as PaginationResult<unknown>;
  if (endCursor && page.length > MAX_ITEMS) {
    throw rejection("invalid", `There are more than ${MAX_ITEMS} items before that endCursor.`);
  }
}

/**
 * Returns one page of a list.
 *
 * @param cursor - The cursor from the URL; undefined for the newest entries.
 * @throws `not_found` if the cursor does not belong to this list. Convex allows one paginated query per call,
 *   so it cannot fall back to the first page.
 */
export async function pageFrom<T>(
  cursor: string | undefined,
  list: (paginationOpts: PaginationOptions) => Promise<PaginationResult<T>>,
): Promise<PaginationResult<T>> {
  if (cursor === undefined) return await list({ numItems: PAGE_SIZE, cursor: null });
  try {
    return await list({ numItems: PAGE_SIZE, cursor });
  } catch {
    // Without a cursor the same list does not throw, so the cursor is the cause, whatever error Convex
    // reports.
    throw rejection("not_found", "There is no such page of this list.");
  }
}
