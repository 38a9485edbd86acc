/** One page of a list, from a cursor that stands in a URL, where anything may stand. */
import type { PaginationOptions, PaginationResult } from "convex/server";

const PAGE_SIZE = 20;
const LONGEST_CURSOR = 4096;

/**
 * @param cursor As the URL has it; absent for the newest. What is no cursor of this list gives the newest too.
 * @param list Makes the list anew: a query can be read once.
 */
export async function pageFrom<T>(
  cursor: string | undefined,
  list: (paginationOpts: PaginationOptions) => Promise<PaginationResult<T>>,
): Promise<PaginationResult<T>> {
  if (cursor === undefined || cursor.length > LONGEST_CURSOR)
    return await list({ numItems: PAGE_SIZE, cursor: null });
  try {
    return await list({ numItems: PAGE_SIZE, cursor });
  } catch {
    return await list({ numItems: PAGE_SIZE, cursor: null });
  }
}
