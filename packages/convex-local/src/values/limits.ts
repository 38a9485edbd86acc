/** Checks values, documents, arguments, results and names against Convex's limits. */
import { getConvexSize, type Value } from "convex/values";
import { formatBytes, LIMITS, LimitError } from "../limits/limits.ts";

/** What a document occupies of its limits. */
export type Extent = { size: number; nesting: number };

/**
 * Checks the shape of a value.
 *
 * @returns How deep it is nested: 0 for a primitive value, 1 for an array of them.
 * @throws {LimitError} when it is nested too deeply, or an array or object has too many items or fields.
 */
export function checkShape(value: Value | undefined): number {
  const nesting = nestingOf(value);
  if (nesting > LIMITS.nesting) {
    throw new LimitError(
      `Value is too nested (nested ${nesting} levels deep > maximum nesting ${LIMITS.nesting})`,
    );
  }
  return nesting;
}

function nestingOf(value: Value | undefined): number {
  if (value === null || typeof value !== "object" || value instanceof ArrayBuffer) return 0;
  let deepest = 0;
  if (Array.isArray(value)) {
    if (value.length > LIMITS.arrayItems) {
      throw new LimitError(
        `Array length is too long (${value.length} > maximum length ${LIMITS.arrayItems})`,
      );
    }
    for (const item of value) deepest = Math.max(deepest, nestingOf(item));
    return deepest + 1;
  }
  let fields = 0;
  for (const item of Object.values(value)) {
    if (item === undefined) continue;
    fields++;
    deepest = Math.max(deepest, nestingOf(item));
  }
  if (fields > LIMITS.objectFields) {
    throw new LimitError(`Object has too many fields (${fields} > maximum number ${LIMITS.objectFields})`);
  }
  return deepest + 1;
}

/**
 * Checks a document that is about to be written.
 *
 * @param value - The document.
 * @param nesting - How deep it is nested.
 * @returns What it occupies.
 * @throws {LimitError} when it is too large or nested too deeply, or has a field name that is reserved.
 */
export function checkDocument(value: { [field: string]: Value | undefined }): Extent {
  const nesting = checkShape(value);
  for (const field of Object.keys(value)) {
    if (field.startsWith("_") && field !== "_id" && field !== "_creationTime") {
      throw new LimitError(
        `Field '${field}' starts with an underscore, which is only allowed for system fields like '_id'.`,
      );
    }
  }
  if (nesting > LIMITS.documentNesting) {
    throw new LimitError(
      `Document is too nested (nested ${nesting} levels deep > maximum nesting ${LIMITS.documentNesting})`,
    );
  }
  const size = getConvexSize(value);
  if (size > LIMITS.documentBytes) {
    throw new LimitError(
      `Value is too large (${formatBytes(size)} > maximum size ${formatBytes(LIMITS.documentBytes)})`,
    );
  }
  return { size, nesting };
}

/**
 * Checks the arguments of a call: a list with one object.
 *
 * @returns Their size in bytes.
 * @throws {LimitError} when they are too large.
 */
export function checkArguments(path: string, args: Value): number {
  const size = getConvexSize([args]);
  if (size > LIMITS.argumentBytes) {
    throw new LimitError(
      `Arguments for ${path} are too large (actual: ${formatBytes(size)}, limit: ${formatBytes(LIMITS.argumentBytes)})`,
    );
  }
  return size;
}

/**
 * Checks the result of a function.
 *
 * @returns Its size in bytes.
 * @throws {LimitError} when it is too large.
 */
export function checkResult(path: string, value: Value): number {
  const size = getConvexSize(value);
  if (size > LIMITS.resultBytes) {
    throw new LimitError(
      `Function ${path} return value is too large (actual: ${formatBytes(size)}, limit: ${formatBytes(LIMITS.resultBytes)})`,
    );
  }
  return size;
}

/** Returns why a name is not an identifier, or null if it is one. */
export function problemOfIdentifier(name: string): string | null {
  const [first] = name;
  if (first === undefined) return "Identifier cannot be empty";
  if (!/[a-zA-Z_]/.test(first)) {
    return `Invalid first character '${first}' in ${name}: Identifiers must start with an alphabetic character or underscore`;
  }
  const wrong = /[^a-zA-Z0-9_]/u.exec(name)?.[0];
  if (wrong !== undefined) {
    return `Identifier ${name} has invalid character '${wrong}': Identifiers can only contain alphanumeric characters or underscores`;
  }
  if (name.length > LIMITS.identifierLength) {
    return `Identifier is too long (${name.length} > maximum ${LIMITS.identifierLength})`;
  }
  return /^_+$/.test(name) ? `Identifier ${name} cannot have exclusively underscores` : null;
}

/** The most bytes of a Convex value for each character of its JSON: a number with one digit and a comma has 9. */
const BYTES_PER_CHARACTER = 4.5;
/** The fewest characters of a field in the JSON of an object with very many: a name of two letters, and a digit. */
const FIELD_CHARACTERS = 6.5;

/** Returns whether a value with this JSON may come close to a limit, so that it is worth measuring. */
export function mayBeLarge(json: string, limit: number): boolean {
  return json.length * BYTES_PER_CHARACTER > limit / 2;
}

/** Returns whether a value with this JSON may be nested too deeply or have too many entries. Cheaper than parsing it. */
export function mayBeMisshapen(json: string): boolean {
  if (json.length > 2 * LIMITS.arrayItems && countOf(json, ",") >= LIMITS.arrayItems) return true;
  if (json.length > FIELD_CHARACTERS * LIMITS.objectFields && countOf(json, '":') > LIMITS.objectFields)
    return true;
  if (json.length <= 2 * LIMITS.nesting || countOf(json, "{") + countOf(json, "[") <= LIMITS.nesting)
    return false;
  return depthOf(json) > LIMITS.nesting;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count++;
  return count;
}

/** Returns how deep objects and arrays are nested in JSON text. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > deepest) deepest = depth;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        break;
    }
  }
  return deepest;
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 91, 93, 123, 125];

/** Returns the position of the quote that ends the string. */
function endOfString(json: string, start: number): number {
  let at = start;
  for (;;) {
    at = json.indexOf('"', at + 1);
    if (at === -1) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}
