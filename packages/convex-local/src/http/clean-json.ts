/** The format `json` of the HTTP API: easy to read in any language, at the price of some types. */
import { type JSONValue, jsonToConvex, type Value } from "convex/values";

/**
 * Turns Convex's encoded JSON into plain JSON: int64s and numbers that JSON does not know become strings, bytes become
 * base64.
 *
 * @see https://docs.convex.dev/http-api/#http-api-result
 */
export function cleanJson(encoded: JSONValue): JSONValue {
  return clean(jsonToConvex(encoded));
}

function clean(value: Value): JSONValue {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== "object") return value;
  const fields: { [name: string]: JSONValue } = {};
  for (const [name, field] of Object.entries(value)) if (field !== undefined) fields[name] = clean(field);
  return fields;
}
