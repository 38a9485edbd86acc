/** Lists whose pages have a fixed size. With `paginate` of `ctx.db`, a live page grows by what is added before its end. */
import { stream } from "convex-helpers/server/stream";
import type { QueryCtx } from "../_generated/server";
import schema from "../schema.ts";

/** Returns a reader of the database whose queries have pages that do not grow. */
export function listsIn({ db }: QueryCtx) {
  return stream(db, schema);
}
