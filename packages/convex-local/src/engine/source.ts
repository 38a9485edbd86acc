/** Source of a query: converts the query JSON of the published client to one range of one index. */
import type { JSONValue } from "convex/values";
import { afterPrefix, encodeTuple, encodeValue, type Key } from "../values/key.ts";
import type { Catalog, Index, Table } from "./catalog.ts";
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
/** A query as `queryStream` and `queryPage` receive it. */
export type QueryJson = { source: QuerySource; operators: QueryOperator[] };

/** A range of keys of an index. */
export type KeyRange = { index: Index; low: Key; high: Key; order: Order };

/**
 * Converts a source to a range.
 *
 * @throws {Error} when the index does not exist, or its fields are not used in order.
 */
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

/**
 * Finds an index by `table.index`.
 *
 * @throws {Error} when the schema has no index of this name and kind.
 */
export function findIndex(catalog: Catalog, component: string, path: string, kind: Index["kind"]): Index {
  const dot = path.indexOf(".");
  const tableName = path.slice(0, dot);
  const indexName = path.slice(dot + 1);
  const table = catalog.table(component, tableName);
  const index = table.indexes.get(indexName);
  if (!index || index.kind !== kind) throw noIndex(table, indexName);
  return index;
}

/** Returns the error of a query that uses an index which does not exist or is staged. */
export function noIndex({ name, staged }: Table, indexName: string): Error {
  return new Error(
    staged.includes(indexName)
      ? `Index ${name}.${indexName} is currently staged and not available to query until it is enabled.`
      : `Index ${name}.${indexName} not found.`,
  );
}

type Bound = { field: string; key: Key };

/** Returns the bounds of equalities on the first fields and at most one lower and one upper bound on the next field. */
function boundsOf(index: Index, expressions: readonly RangeExpression[]): { low: Key; high: Key } {
  let equal = 0;
  let prefix: Key = "";
  const bounds: { low?: Bound; high?: Bound } = {};
  for (const { type, fieldPath, value: json } of expressions) {
    const value = literalFromJson(json);
    const bounded = bounds.low?.field ?? bounds.high?.field;
    const expected = bounded ?? index.fields[equal];
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
      if (bounds.low)
        throw new Error("Incorrect operator used in `withIndex`: a range has at most one lower bound.");
      bounds.low = { field: fieldPath, key: type === "Gt" ? afterPrefix(key) : key };
    } else {
      if (bounds.high)
        throw new Error("Incorrect operator used in `withIndex`: a range has at most one upper bound.");
      bounds.high = { field: fieldPath, key: type === "Lte" ? afterPrefix(key) : key };
    }
  }
  return { low: bounds.low?.key ?? prefix, high: bounds.high?.key ?? afterPrefix(prefix) };
}

function wrongField(index: Index, expected: string | undefined, got: string): Error {
  const fields = index.fields.map((field) => `"${field}"`).join(", ");
  return new Error(
    `Incorrect field used in \`withIndex\`: expected "${expected ?? "no further field"}", got "${got}". Index ${index.table.name}.${index.name} has the fields [${fields}], which must be used in order.`,
  );
}
