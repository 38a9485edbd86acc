/** JSON text. */
import { type JSONValue, jsonToConvex, type Value } from "convex/values";

/**
 * Parses JSON text of the backend itself.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseJson(text: string): JSONValue {
  return JSON.parse(text);
}

/** How deep JSON of clients may be nested, as in Convex. The values in it have a lower limit. */
const MAX_NESTING = 128;

/**
 * Parses JSON text of a client.
 *
 * @throws {SyntaxError} when the text is not JSON, or nested so deeply that no limit of values allows it.
 */
export function parseForeignJson(text: string): JSONValue {
  const json = parseJson(text);
  if (isDeeper(json, MAX_NESTING)) throw new SyntaxError("The JSON is nested too deeply.");
  return json;
}

function isDeeper(json: JSONValue | undefined, levels: number): boolean {
  if (json === null || typeof json !== "object") return false;
  if (levels === 0) return true;
  for (const item of Array.isArray(json) ? json : Object.values(json))
    if (isDeeper(item, levels - 1)) return true;
  return false;
}

/**
 * Parses a Convex value from its JSON text.
 *
 * @throws {Error} when the text is not the JSON of a Convex value.
 */
export function parseValue(text: string): Value {
  return jsonToConvex(parseJson(text));
}
