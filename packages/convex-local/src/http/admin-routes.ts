/** `/api/local/…`: documents, tables and environment for the holder of the admin key. These routes are ours, not Convex's. */
import type { IncomingMessage } from "node:http";
import type { JSONValue } from "convex/values";
import * as v from "valibot";
import type { Tables } from "../backend.ts";
import { codeOf, reasonOf } from "../failure.ts";
import { decodeTimestamp, encodeTimestamp } from "../sync/timestamp.ts";
import { type Answer, HttpError } from "./answer.ts";
import { parse, readJson } from "./json-body.ts";

/** What the commands look at besides functions. */
export type Insides = { tables: Tables; env: Record<string, string> };

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

/** All tables, with how many documents each holds. */
export async function tablesAnswer({ tables }: Insides): Promise<Answer> {
  return { status: 200, body: await asked(() => tables.tables()) };
}

/** A page of a table's documents in Convex's JSON, with the cursor of the next and the moment they were read at. */
export async function pageAnswer({ tables }: Insides, parameters: URLSearchParams): Promise<Answer> {
  const {
    table: name,
    cursor = null,
    limit,
    order,
    ts,
  } = parse(pageParameters, Object.fromEntries(parameters));
  const at = ts === undefined ? undefined : decodeTimestamp(ts);
  if (at === null) throw new HttpError(400, "BadTimestamp", "ts is not a timestamp.");
  const page = await asked(() =>
    tables.documents(name, { cursor, limit, order, ...(at === undefined ? {} : { at }) }),
  );
  return { status: 200, body: { ...page, ts: encodeTimestamp(page.ts) } };
}

/** Puts in documents, all or none. */
export async function importAnswer({ tables }: Insides, request: IncomingMessage): Promise<Answer> {
  const { table: name, documents, replace } = parse(importBody, await readJson(request));
  await asked(() => tables.importDocuments(name, documents, { replace }));
  return { status: 200, body: { imported: documents.length } };
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === "bad_arguments") throw new HttpError(400, "BadArguments", reasonOf(error));
    throw error;
  }
}
