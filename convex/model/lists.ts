/** Lists whose pages have a fixed size. With `paginate` of `ctx.db`, a live page grows by what is added before its end. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { jsonToConvex } from "convex/values";
import { type QueryStream, stream } from "convex-helpers/server/stream";
import type { QueryCtx } from "../_generated/server";
import schema from "../schema.ts";
import { rejection } from "./rejection.ts";

/** The cursor at the end of a list. convex-helpers would take it for the start. */
const END = "[]";

/** Returns a reader of the database whose queries are lists for {@link pageOf}. */
export function listsIn({ db }: QueryCtx) {
  return stream(db, schema);
}

/**
 * Returns one page of a list.
 *
 * @throws `invalid` if a cursor does not belong to such a list.
 */
export async function pageOf<T extends NonNullable<unknown>>(
  list: QueryStream<T>,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<T>> {
  const { cursor, endCursor = null } = paginationOpts;
  const { length } = list.getIndexFields();
  for (const given of [cursor, endCursor]) {
    if (given !== null && given !== END && !isKey(given, length)) {
      throw rejection("invalid", "That cursor does not belong to this list.");
    }
  }
  if (cursor === END) return { page: [], isDone: true, continueCursor: END };
  return await list.paginate(paginationOpts);
}

/** Returns whether a cursor is an index key with this number of values. */
function isKey(cursor: string, length: number): boolean {
  try {
    const key = jsonToConvex(JSON.parse(cursor));
    return Array.isArray(key) && key.length === length;
  } catch {
    return false;
  }
}
