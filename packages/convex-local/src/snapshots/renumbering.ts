/** Table numbers in the ids of imported documents. */
import type { JSONValue } from "convex/values";
import { idInTable, tableOfId } from "../values/id.ts";

/** Table numbers by table name. */
export type TableNumbers = { [table: string]: number };

/** Returns a function that replaces the table numbers in all ids of a document. */
export function renumbering(from: TableNumbers, to: TableNumbers): (document: JSONValue) => JSONValue {
  const changed = new Map<number, number>();
  for (const [table, number] of Object.entries(from)) {
    const here = to[table];
    if (here !== undefined && here !== number) changed.set(number, here);
  }
  if (changed.size === 0) return (document) => document;
  const text = (value: string): string => {
    const number = changed.get(tableOfId(value) ?? -1);
    return number === undefined ? value : idInTable(value, number);
  };
  const walk = (value: JSONValue): JSONValue => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      // `$bytes` and similar fields contain base64 and not text.
      Object.entries(value).map(([field, item]) => [
        text(field),
        field.startsWith("$") ? item : walk(item ?? null),
      ]),
    );
  };
  return walk;
}
