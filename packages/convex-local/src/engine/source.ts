/** Where a query reads: the published client's query JSON turned into one range of one index. */
import type { JSONValue } from "convex/values";
import { afterPrefix, encodeTuple, encodeValue, type Key } from "../values/key.ts";
import type { Catalog, Index } from "./catalog.ts";
import { literalFromJson } from "./expression.ts";
import type { Order } from "./store.ts";

export type RangeExpression = {
  type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
  fieldPath: string;
  value: JSONValue;
};
export type SearchFilter =
  | { type: "Search"; fieldPath: string; value: string }
  | { type: "Eq"; fieldPath: string; value: JSONValue };
export type QuerySource =
  | { type: "FullTableScan"; tableName: string; order: Order | null }
  | { type: "IndexRange"; indexName: string; range: RangeExpression[]; order: Order | null }
  | { type: "Search"; indexName: string; filters: SearchFilter[] };
export type QueryOperator = { filter: JSONValue } | { limit: number };
/** A query as `queryStream` and `queryPage` get it. */
export type QueryJson = { source: QuerySource; operators: QueryOperator[] };

/** A range of an index in key space. */
export type KeyRange = { index: Index; low: Key; high: Key; order: Order };

/** @throws Error when there is no such index, or its fields are not named in order. */
export function resolveRange(
  catalog: Catalog,
  component: string,
  source: Exclude<QuerySource, { type: "Search" }>,
): KeyRange {
  const order = source.order ?? "asc";
  if (source.type === "FullTableScan") {
    return {
      index: catalog.table(component, source.tableName).byCreation,
      low: "",
      high: afterPrefix(""),
      order,
    };
  }
  const index = findIndex(catalog, component, source.indexName, "plain");
  return { index, ...boundsOf(index, source.range), order };
}

/** @throws Error when the schema declares no index of this name and kind. */
export function findIndex(catalog: Catalog, component: string, path: string, kind: Index["kind"]): Index {
  const dot = path.indexOf(".");
  const tableName = path.slice(0, dot);
  const indexName = path.slice(dot + 1);
  const index = catalog.table(component, tableName).indexes.get(indexName);
  if (!index || index.kind !== kind) {
    throw new Error(
      `Index ${tableName}.${indexName} not found. Declare it on table "${tableName}" in the schema.`,
    );
  }
  return index;
}

type Bound = { field: string; key: Key };

/** Equalities on the first fields, then at most one lower and one upper bound on the next. */
function boundsOf(index: Index, expressions: readonly RangeExpression[]): { low: Key; high: Key } {
  let equal = 0;
  let prefix: Key = "";
  let low = null as Bound | null;
  let high = null as Bound | null;
  for (const { type, fieldPath, value: json } of expressions) {
    const value = literalFromJson(json);
    const bounded: string | undefined = low?.field ?? high?.field;
    const expected: string | undefined = bounded ?? index.fields[equal];
    if (type === "Eq") {
      if (bounded !== undefined)
        throw new Error(
          `Incorrect operator used in \`withIndex\`: \`.eq()\` on "${fieldPath}" cannot follow a lower or upper bound.`,
        );
      if (fieldPath !== expected) throw wrongField(index, expected, fieldPath);
      prefix += encodeValue(value);
      equal++;
      continue;
    }
    if (fieldPath !== expected) throw wrongField(index, expected, fieldPath);
    const key = prefix + encodeTuple([value]);
    if (type === "Gt" || type === "Gte") {
      if (low)
        throw new Error("Incorrect operator used in `withIndex`: a range has at most one lower bound.");
      low = { field: fieldPath, key: type === "Gt" ? afterPrefix(key) : key };
    } else {
      if (high)
        throw new Error("Incorrect operator used in `withIndex`: a range has at most one upper bound.");
      high = { field: fieldPath, key: type === "Lte" ? afterPrefix(key) : key };
    }
  }
  return { low: low?.key ?? prefix, high: high?.key ?? afterPrefix(prefix) };
}

function wrongField(index: Index, expected: string | undefined, got: string): Error {
  const fields = index.fields.map((field) => `"${field}"`).join(", ");
  return new Error(
    `Incorrect field used in \`withIndex\`: expected "${expected ?? "no further field"}", got "${got}". Index ${index.table.name}.${index.name} has the fields [${fields}], which must be used in order.`,
  );
}
