/**
 * JSON of Convex's exports: an integer without a fraction is an int64, a number with one is a float64, and what JSON does
 * not have is in Convex's JSON.
 */
import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import { isObject } from "../values/document.ts";

/** Returns the JSON text of a document that is in Convex's JSON. */
export function exportText(document: JSONValue): string {
  return textOf(jsonToConvex(document));
}

function textOf(value: Value): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return JSON.stringify(convexToJson(value));
    if (Object.is(value, -0)) return "-0.0";
    const text = String(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(convexToJson(value));
  const fields = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}:${textOf(item ?? null)}`,
  );
  return `{${fields.join(",")}}`;
}

/**
 * Parses a document of an export to Convex's JSON.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseExportText(text: string): JSONValue {
  return JSON.parse(text, (_name, value: unknown, context?: { source?: string }) => {
    const isInteger = typeof value === "number" && /^-?\d+$/.test(context?.source ?? "");
    return isInteger ? convexToJson(BigInt(context?.source ?? "0")) : value;
  });
}
