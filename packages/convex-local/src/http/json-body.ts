/** A request's JSON, read and checked at the door. */
import type { IncomingMessage } from "node:http";
import type { JSONValue } from "convex/values";
import * as v from "valibot";
import { HttpError } from "./answer.ts";
import { readBody } from "./body.ts";

/** Convex allows 16 MiB of arguments; the rest is for what stands around them. */
const LONGEST_BODY = 20 * 1024 * 1024;

/** @throws HttpError 400 where it is no JSON, 413 where it is too long. */
export async function readJson(request: IncomingMessage): Promise<JSONValue> {
  return parseJson((await readBody(request, LONGEST_BODY)).toString("utf8"));
}

/** @throws HttpError 400 */
export function parseJson(text: string): JSONValue {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "BadJsonBody", "The request is not JSON.");
  }
}

/** @throws HttpError 400 naming the first field that is not as it should be. */
export function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new HttpError(400, "BadJsonBody", `${v.getDotPath(issue) ?? "The body"} is not ${issue.expected}.`);
}
