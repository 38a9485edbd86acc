/** Format `json` of the HTTP API: easy to read in any language, without the types that JSON does not have. */
import { type JSONValue, jsonToConvex, type Value } from "convex/values";

/**
 * Converts Convex's encoded JSON to plain JSON: int64s and numbers that JSON does not support become strings, and bytes
 * become base64.
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
