/** Syscalls of `ctx.db`: reading and writing documents. */
import { type JSONValue, jsonToConvex } from "convex/values";
import type { Table } from "../../engine/catalog.ts";
import { literalFromJson } from "../../engine/expression.ts";
import { type Page, type PageRequest, readPage } from "../../engine/query-page.ts";
import { type EntrySource, expectedEntries, QueryStream, RangeCursor } from "../../engine/query-stream.ts";
import type { Reader } from "../../engine/reader.ts";
import { SearchCursor } from "../../engine/search.ts";
import { readSearchPage } from "../../engine/search-page.ts";
import { findIndex, type QueryJson, type QuerySource, resolveRange } from "../../engine/source.ts";
import type { Fields, Transaction } from "../../engine/transaction.ts";
import { LimitError } from "../../limits/limits.ts";
import { isObject } from "../../values/document.ts";
import { checkShape, problemOfIdentifier } from "../../values/limits.ts";
import type { CallContext } from "../execution/call-context.ts";
import { type Operation, operation, type SyncOperation } from "./syscalls.ts";

type DocumentArgs = { id: string; table?: string; isSystem?: boolean };
type PageArgs = PageRequest & { query: QueryJson };
type SearchSource = Extract<QuerySource, { type: "Search" }>;

/** System tables that functions may read through `db.system`. */
const READABLE_SYSTEM = new Set(["_scheduled_functions", "_storage"]);

let nextQueryId = 1;

export const syncDatabase: Record<string, SyncOperation> = {
  "1.0/queryStream": operation((context, { query }: { query: QueryJson }) => {
    const queryId = nextQueryId++;
    context.streams.set(queryId, new QueryStream(openSource(context, query), query.operators));
    return JSON.stringify({ queryId });
  }),
  "1.0/queryCleanup": operation((context, { queryId }: { queryId: number }) => {
    context.streams.delete(queryId);
    return "{}";
  }),
  "1.0/db/normalizeId": operation((context, { table, idString }: { table: string; idString: string }) => {
    const { catalog } = readerOf(context);
    const found = catalog.tableIn(context.component, idString);
    const same = found !== null && found === catalog.find(context.component, table);
    return JSON.stringify({ id: same ? idString : null });
  }),
};

export const asyncDatabase: Record<string, Operation> = {
  "1.0/get": operation((context, { id, table, isSystem }: DocumentArgs) => {
    const found = tableFor(context, "get", { id, table, isSystem });
    return readerOf(context).get(found, id)?.json ?? "null";
  }),
  "1.0/queryStreamNext": operation((context, { queryId }: { queryId: number }) => {
    const stream = context.streams.get(queryId);
    if (!stream) throw new Error("This query is closed and can't emit any more values.");
    const document = stream.next();
    return document ? `{"value":${document.json},"done":false}` : '{"value":null,"done":true}';
  }),
  "1.0/queryPage": operation((context, args: PageArgs) => {
    const { journal } = context;
    if (journal.used) {
      throw new Error(
        "This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query in each function.",
      );
    }
    journal.used = true;
    checkPageSize(args);
    checkTable(tableNameOf(args.query));
    const result = pageOf(context, { ...args, endCursor: args.endCursor ?? journal.before });
    journal.after = result.continueCursor;
    return `{"page":[${result.page.map(({ json }) => json).join(",")}],${JSON.stringify({ ...result, page: undefined }).slice(1)}`;
  }),
  "1.0/count": operation((context, { table }: { table: string }) => {
    const reader = readerOf(context);
    return JSON.stringify(reader.count(reader.catalog.table(context.component, table)));
  }),
  "1.0/insert": operation((context, { table, value }: { table: string; value: JSONValue }) => {
    const transaction = writerOf(context);
    if (table.startsWith("_")) throw new Error("System tables (prefixed with `_`) are read-only.");
    const problem = problemOfIdentifier(table);
    if (problem !== null) throw new Error(`Invalid argument \`table\` for \`db.insert\`: ${problem}`);
    const fields = fieldsOf("db.insert", value);
    const id = transaction.insert(transaction.reader.catalog.table(context.component, table), fields);
    return JSON.stringify({ _id: id });
  }),
  "1.0/shallowMerge": operation((context, { value, ...document }: DocumentArgs & { value: JSONValue }) => {
    writerOf(context).patch(tableFor(context, "patch", document), document.id, fieldsOf("db.patch", value));
    return "{}";
  }),
  "1.0/replace": operation((context, { value, ...document }: DocumentArgs & { value: JSONValue }) => {
    writerOf(context).replace(
      tableFor(context, "replace", document),
      document.id,
      fieldsOf("db.replace", value),
    );
    return "{}";
  }),
  "1.0/remove": operation((context, document: DocumentArgs) => {
    writerOf(context).remove(tableFor(context, "delete", document), document.id);
    return "{}";
  }),
};

/** @throws {Error} when the call is an action. */
export function readerOf({ reader, path }: CallContext): Reader {
  if (!reader) throw new Error(`${path} is an action: it has no database of its own.`);
  return reader;
}

/** @throws {Error} when the call must not write. */
export function writerOf({ transaction, path, kind }: CallContext): Transaction {
  if (!transaction) throw new Error(`${path} is a ${kind}: it cannot write to the database.`);
  return transaction;
}

function pageOf(context: CallContext, args: PageArgs): Page {
  const { source, operators } = args.query;
  if (source.type === "Search") return readSearchPage(openSearch(context, source), args.query, args);
  const reader = readerOf(context);
  return readPage(reader, resolveRange(reader.catalog, context.component, source), operators, args);
}

function openSearch(context: CallContext, { indexName, filters }: SearchSource): SearchCursor {
  const reader = readerOf(context);
  return new SearchCursor(reader, findIndex(reader.catalog, context.component, indexName, "search"), filters);
}

/** @throws {Error} when the size of a page is not a whole number above zero, in the words of Convex's JSON parser. */
function checkPageSize({ pageSize, maximumRowsRead, maximumBytesRead }: PageArgs): void {
  for (const count of [pageSize, maximumRowsRead, maximumBytesRead]) {
    if (typeof count !== "number" || Number.isInteger(count)) continue;
    throw new Error(
      `Invalid arguments for \`queryPage\`: invalid type: floating point \`${count}\`, expected usize`,
    );
  }
  if (pageSize === 0) throw new Error("Must request at least 1 document while paginating");
  if (maximumRowsRead === 0 || maximumBytesRead === 0)
    throw new Error("maximumRowsRead and maximumBytesRead must be greater than 0");
}

function openSource(context: CallContext, query: QueryJson): EntrySource {
  checkTable(tableNameOf(query));
  if (query.source.type === "Search") return openSearch(context, query.source);
  const reader = readerOf(context);
  return new RangeCursor(
    reader,
    resolveRange(reader.catalog, context.component, query.source),
    expectedEntries(query.operators),
  );
}

function tableNameOf({ source }: QueryJson): string {
  return source.type === "FullTableScan"
    ? source.tableName
    : source.indexName.slice(0, source.indexName.indexOf("."));
}

function checkTable(name: string): void {
  if (name.startsWith("_") ? !READABLE_SYSTEM.has(name) : problemOfIdentifier(name) !== null) {
    throw new Error(
      `Invalid table name: ${JSON.stringify(name)}. Identifiers must start with a letter and can only contain letters, digits, and underscores.`,
    );
  }
}

/** Returns the table of an id, if the call may use it. */
function tableFor(context: CallContext, verb: string, { id, table, isSystem }: DocumentArgs): Table {
  const { catalog } = readerOf(context);
  const found = catalog.tableIn(context.component, id);
  if (found === null) {
    throw new Error(
      `Invalid argument \`id\` for \`db.${verb}\`: Unable to decode ID: ${JSON.stringify(id)} is not an ID of any table here.`,
    );
  }
  if (table !== undefined && found.name !== table) {
    throw new Error(
      `Invalid argument \`id\` for \`db.${verb}\`: expected ID in table '${table}' but got ID in table '${found.name}'.`,
    );
  }
  if (found.name.startsWith("_") !== (isSystem === true)) {
    const where = found.name.startsWith("_")
      ? "System tables can only be accessed from db.system."
      : "User tables can only be accessed from db.";
    throw new Error(`Invalid argument \`id\` for \`db.${verb}\`: ${where}`);
  }
  return found;
}

/**
 * Returns the fields of a document. `{$undefined: null}` in a patch removes a field.
 *
 * @throws {Error} when they are no document; the message names the operation.
 */
function fieldsOf(operation: string, json: JSONValue): Fields {
  if (json === null || typeof json !== "object" || Array.isArray(json))
    throw new Error("A document must be an object.");
  const fields = Object.values(json).some(isUndefined) ? withUndefined(json) : jsonToConvex(json);
  if (!isObject(fields)) throw new Error("A document must be an object.");
  try {
    checkShape(fields);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    throw new LimitError(`Invalid argument \`value\` for \`${operation}\`: ${error.message}`);
  }
  return fields;
}

function isUndefined(item: JSONValue | undefined): boolean {
  return item !== null && typeof item === "object" && Object.hasOwn(item, "$undefined");
}

function withUndefined(json: { [field: string]: JSONValue | undefined }): Fields {
  return Object.fromEntries(
    Object.entries(json).map(([field, item]) => [field, item === undefined ? item : literalFromJson(item)]),
  );
}
