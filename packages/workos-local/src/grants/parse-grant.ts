/** The parameters of a grant; what is wrong with them is said in OAuth's form, unlike everywhere else at WorkOS. */
import * as v from "valibot";
import { oauthError } from "../errors.ts";

/** @throws WorkosError 400 `invalid_request` that names the first parameter that is missing or no string */
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
