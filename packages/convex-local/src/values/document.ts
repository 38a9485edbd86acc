/**
 * A document. SQLite stores its JSON text (Convex's encoding, with system fields), and functions receive that text
 * unparsed. It is parsed at most once, and only for filters, patches and index keys.
 */
import { CommitTsPlaceholder, convexToJson, getConvexSize, type Value } from "convex/values";
import { parseValue } from "./json.ts";

export type DocumentValue = { [field: string]: Value | undefined } & { _id: string; _creationTime: number };

/** One version of a document. */
export class Document {
  /** Row in SQLite; null until the document is stored. */
  row: number | null;
  readonly json: string;
  #value: DocumentValue | null;
  #size: number | null;

  private constructor(row: number | null, json: string, value: DocumentValue | null, size: number | null) {
    this.row = row;
    this.json = json;
    this.#value = value;
    this.#size = size;
  }

  /**
   * Returns a document that was read from SQLite.
   *
   * @param row - Its row.
   * @param json - Its text.
   * @param size - Its size, or null if an older version of this backend wrote it.
   */
  static stored(row: number, json: string, size: number | null): Document {
    return new Document(row, json, null, size);
  }

  /**
   * Returns a new version of a document.
   *
   * @param row - The row of the previous version, if it was stored.
   * @param value - The new value.
   * @param size - Its size, if known.
   */
  static written(row: number | null, value: DocumentValue, size: number | null = null): Document {
    return new Document(row, JSON.stringify(convexToJson(value)), value, size);
  }

  /** Its size in bytes as Convex counts it. */
  get size(): number {
    this.#size ??= getConvexSize(this.value);
    return this.#size;
  }

  get value(): DocumentValue {
    this.#value ??= asDocument(parseValue(this.json));
    return this.#value;
  }
}

/**
 * Returns a value as that of a document.
 *
 * @throws {TypeError} when it has no id or no creation time.
 */
export function asDocument(value: Value): DocumentValue {
  if (isDocument(value)) return value;
  throw new TypeError("A document needs the fields `_id` and `_creationTime`.");
}

function isDocument(value: Value): value is DocumentValue {
  return isObject(value) && typeof value._id === "string" && typeof value._creationTime === "number";
}

/** Returns whether a value is an object of Convex: no array, no bytes, no placeholder. */
export function isObject(value: Value | undefined): value is { [field: string]: Value | undefined } {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !(value instanceof ArrayBuffer) &&
    !(value instanceof CommitTsPlaceholder)
  );
}

/** @throws {TypeError} when the field is not a string. */
export function stringField(value: { [field: string]: Value | undefined }, field: string): string {
  const found = value[field];
  if (typeof found !== "string") throw new TypeError(`The field \`${field}\` is not a string.`);
  return found;
}

/** @throws {TypeError} when the field is not a number. */
export function numberField(value: { [field: string]: Value | undefined }, field: string): number {
  const found = value[field];
  if (typeof found !== "number") throw new TypeError(`The field \`${field}\` is not a number.`);
  return found;
}

/** Returns the value at a dotted path such as `address.city`, or undefined if a step is missing. */
export function fieldAt(value: Value | undefined, path: string): Value | undefined {
  let at: Value | undefined = value;
  for (const step of path.split(".")) {
    if (!isObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}
