/** Reads and validates the JSON of a request. */
import type { IncomingMessage } from "node:http";
import type { JSONValue } from "convex/values";
import * as v from "valibot";
import { parseForeignJson } from "../values/json.ts";
import { HttpError } from "./answer.ts";
import { readBody } from "./body.ts";

/** The largest body in bytes. Convex allows 16 MiB of arguments; the rest is for the fields around them. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** @throws {HttpError} 400 when the body is not JSON, 413 when it is too long. */
export async function readJson(request: IncomingMessage): Promise<JSONValue> {
  return parseRequest((await readBody(request, MAX_BODY_BYTES)).toString("utf8"));
}

/** @throws {HttpError} 400 when the text is not JSON, or nested too deeply. */
export function parseRequest(text: string): JSONValue {
  try {
    return parseForeignJson(text);
  } catch (error) {
    throw new HttpError(
      400,
      "BadJsonBody",
      `The request is not valid: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

/** @throws {HttpError} 400 with the first invalid field. */
export function checked<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new HttpError(400, "BadJsonBody", `${v.getDotPath(issue) ?? "The body"} is not ${issue.expected}.`);
}
