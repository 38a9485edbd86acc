/** Pages of lists: how much a caller may ask for, and one page from the cursor of a URL, which is untrusted. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { refusal } from "./refusal.ts";

const PAGE_SIZE = 20;
const MAX_ITEMS = 100;

const isLimit = (value: number | undefined) => value === undefined || (Number.isInteger(value) && value > 0);

/**
 * Checks what a caller asks for.
 *
 * @throws `invalid` when a page would have no items or more than 100, or when a limit is not a positive integer.
 */
export function requirePage(opts: PaginationOptions): PaginationOptions {
  const { numItems, maximumRowsRead, maximumBytesRead } = opts;
  if (!isLimit(numItems) || numItems > MAX_ITEMS) {
    throw refusal("invalid", `Ask for 1 to ${MAX_ITEMS} items at a time.`);
  }
  if (!isLimit(maximumRowsRead) || !isLimit(maximumBytesRead)) {
    throw refusal("invalid", "maximumRowsRead and maximumBytesRead are positive integers.");
  }
  return opts;
}

/**
 * Checks a page that was read up to a given cursor: Convex does not count its items then.
 *
 * @throws `invalid` when it has more than 100 items.
 */
export function requireBoundedPage({ endCursor }: PaginationOptions, result: unknown): void {
  const { page } = result as PaginationResult<unknown>;
  if (endCursor && page.length > MAX_ITEMS) {
    throw refusal("invalid", `There are more than ${MAX_ITEMS} items before that endCursor.`);
  }
}

/**
 * @param cursor As the URL has it; absent for the newest.
 * @throws `not_found` for what is no cursor of this list. Convex allows one paginated query in a call, so there is no
 *   second try from the start.
 */
export async function pageFrom<T>(
  cursor: string | undefined,
  list: (paginationOpts: PaginationOptions) => Promise<PaginationResult<T>>,
): Promise<PaginationResult<T>> {
  if (cursor === undefined) return await list({ numItems: PAGE_SIZE, cursor: null });
  try {
    return await list({ numItems: PAGE_SIZE, cursor });
  } catch {
    // With the same list and no cursor nothing throws: it is the cursor, whichever way Convex words it.
    throw refusal("not_found", "There is no such page of this list.");
  }
}
