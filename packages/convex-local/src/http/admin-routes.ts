/** Routes `/api/local/…`: documents and tables for holders of the admin key. Convex itself has no such routes. */
import type { IncomingMessage } from "node:http";
import type { JSONValue } from "convex/values";
import * as v from "valibot";
import type { Statistics, TableSummary, Tables, TokenRefreshes } from "../backend.ts";
import { codeOf, reasonOf } from "../failure.ts";
import { decodeTimestamp, encodeTimestamp } from "../sync/timestamp.ts";
import { type Answer, HttpError } from "./answer.ts";
import { checked, readJson } from "./json-body.ts";

const table = v.pipe(v.string(), v.minLength(1));
const importBody = v.object({
  table,
  documents: v.array(v.custom<JSONValue>((value) => value !== undefined, "a JSON value")),
  replace: v.boolean(),
});
const pageParameters = v.object({
  table,
  cursor: v.optional(v.string()),
  limit: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/, "a number"), v.transform(Number)), "100"),
  order: v.optional(v.picklist(["asc", "desc"]), "desc"),
  ts: v.optional(v.string()),
});

/** Responds with all tables and their numbers of documents. */
export async function tablesAnswer(admin: Tables): Promise<Answer> {
  const tables = await rejecting(() => admin.tables());
  const isOwn = (table: TableSummary): boolean => table.component === "" && !table.name.startsWith("_");
  return { status: 200, body: tables.filter(isOwn) };
}

/** Responds with the highest use of each function, and with what token refreshes cost. */
export async function useAnswer(statistics: Statistics, tokenRefreshes: TokenRefreshes): Promise<Answer> {
  return { status: 200, body: { functions: await statistics.functionUse(), tokenRefreshes } };
}

/** Responds with a page of documents in Convex's JSON, its timestamp, and the cursor of the next page. */
export async function pageAnswer(tables: Tables, parameters: URLSearchParams): Promise<Answer> {
  const {
    table: name,
    cursor = null,
    limit,
    order,
    ts,
  } = checked(pageParameters, Object.fromEntries(parameters));
  const at = ts === undefined ? undefined : decodeTimestamp(ts);
  if (at === null) throw new HttpError(400, "BadTimestamp", "ts is not a timestamp.");
  const page = await rejecting(() =>
    tables.documents(name, { cursor, limit, order, ...(at === undefined ? {} : { at }) }),
  );
  return { status: 200, body: { ...page, ts: encodeTimestamp(page.ts) } };
}

/** Imports documents, all or none. */
export async function importAnswer(tables: Tables, request: IncomingMessage): Promise<Answer> {
  const { table: name, documents, replace } = checked(importBody, await readJson(request));
  await rejecting(() => tables.importDocuments(name, documents, { replace }));
  return { status: 200, body: { imported: documents.length } };
}

async function rejecting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === "bad_arguments") throw new HttpError(400, "BadArguments", reasonOf(error));
    throw error;
  }
}
