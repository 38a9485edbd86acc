/** Validates the parameters of a grant. Errors have OAuth's form, unlike in the rest of the API. */
import * as v from "valibot";
import { oauthError } from "../errors.ts";

/** @throws {WorkOSError} 400 `invalid_request` with the first missing or invalid parameter. */
export function parseGrant<Schema extends v.GenericSchema>(
  schema: Schema,
  fields: Record<string, unknown>,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, fields);
  if (result.success) return result.output;
  throw oauthError(
    "invalid_request",
    `${v.getDotPath(result.issues[0]) ?? "A parameter"} is missing or invalid.`,
  );
}
