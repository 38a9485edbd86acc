/** JSON text that this backend wrote itself, or that it checks right after reading. */
import { type JSONValue, jsonToConvex, type Value } from "convex/values";

/**
 * Parses JSON text.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseJson(text: string): JSONValue {
  return JSON.parse(text);
}

/**
 * Parses a Convex value from its JSON text.
 *
 * @throws {Error} when the text is not the JSON of a Convex value.
 */
export function parseValue(text: string): Value {
  return jsonToConvex(parseJson(text));
}
