/** One page of a list, from a cursor that stands in a URL, where anything may stand. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { refusal } from "./refusal.ts";

const PAGE_SIZE = 20;

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
