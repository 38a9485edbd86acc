/** Columns of SQLite rows, read with their types. */
import type { SQLOutputValue } from "node:sqlite";

/** A row as node:sqlite returns it: an object with column names, or an array. */
export type Row = { [column: string | number]: SQLOutputValue };

/** @throws {TypeError} when the column is not text. */
export function text(row: Row, column: string | number): string {
  const value = row[column];
  if (typeof value !== "string") throw wrongType(column, "text");
  return value;
}

/** @throws {TypeError} when the column is not a number. */
export function integer(row: Row, column: string | number): number {
  const value = row[column];
  if (typeof value !== "number") throw wrongType(column, "an integer");
  return value;
}

/** @throws {TypeError} when the column is neither a number nor null. */
export function integerOrNull(row: Row, column: string | number): number | null {
  return row[column] === null ? null : integer(row, column);
}

/** @throws {TypeError} when the column is not a blob. */
export function blob(row: Row, column: string | number): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw wrongType(column, "a blob");
  return value;
}

function wrongType(column: string | number, expected: string): TypeError {
  return new TypeError(`Column ${column} of the data file is not ${expected}.`);
}
