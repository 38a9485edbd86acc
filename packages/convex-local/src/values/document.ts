/**
 * A stored document. Its JSON text (Convex's encoding, system fields included) is what SQLite keeps and what a function
 * gets, unparsed; the value behind it is parsed at most once, and only for filters, patches and index keys.
 */
import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";

export type DocumentValue = { [field: string]: Value | undefined } & { _id: string; _creationTime: number };

export class Document {
  /** SQLite's row, null until the document is stored. */
  row: number | null;
  readonly json: string;
  #value: DocumentValue | null;

  private constructor(row: number | null, json: string, value: DocumentValue | null) {
    this.row = row;
    this.json = json;
    this.#value = value;
  }

  static stored(row: number, json: string): Document {
    return new Document(row, json, null);
  }

  /** A new version of a document; `row` is that of the version before, if it was stored. */
  static written(row: number | null, value: DocumentValue): Document {
    return new Document(row, JSON.stringify(convexToJson(value as Value)), value);
  }

  get value(): DocumentValue {
    this.#value ??= jsonToConvex(JSON.parse(this.json) as JSONValue) as DocumentValue;
    return this.#value;
  }
}

/** The value at a dotted path such as `address.city`; undefined where any step is missing. */
export function fieldAt(value: Value | undefined, path: string): Value | undefined {
  let at: Value | undefined = value;
  for (const step of path.split(".")) {
    if (at === null || typeof at !== "object" || Array.isArray(at) || at instanceof ArrayBuffer)
      return undefined;
    if (!Object.hasOwn(at, step)) return undefined;
    at = (at as { [field: string]: Value | undefined })[step];
  }
  return at;
}
