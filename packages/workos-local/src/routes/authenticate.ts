/** `POST /user_management/authenticate`: authenticates the client and runs the grant. */
import { timingSafeEqual } from "node:crypto";
import type { WorkOSContext } from "../context.ts";
import { oauthError } from "../errors.ts";
import { exchangeCode } from "../grants/authorization-code.ts";
import { exchangeRefreshToken } from "../grants/refresh-token.ts";
import { sha256 } from "../ids.ts";
import { json, type Reply } from "../reply.ts";
import { fieldsOf, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";

type Grant = (context: WorkOSContext, request: WorkOSRequest, fields: Record<string, unknown>) => unknown;

const GRANTS: ReadonlyMap<unknown, Grant> = new Map<unknown, Grant>([
  ["authorization_code", exchangeCode],
  ["refresh_token", exchangeRefreshToken],
]);

function authenticate(context: WorkOSContext, request: WorkOSRequest): Reply {
  const fields = fieldsOf(request);
  if (typeof fields.grant_type !== "string") throw oauthError("invalid_request", "grant_type is missing.");
  const grant = GRANTS.get(fields.grant_type);
  if (!grant) throw oauthError("invalid_request", `The grant type is not supported: ${fields.grant_type}`);
  if (fields.client_id !== context.clientId) throw oauthError("invalid_client", "Invalid client ID.");
  if (!sameSecret(fields.client_secret, context.apiKey))
    throw oauthError("invalid_client", "Invalid client secret.");
  return json(200, grant(context, request, fields));
}

/** Compares secrets in constant time. */
export function sameSecret(given: unknown, expected: string): boolean {
  return (
    typeof given === "string" && timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(expected)))
  );
}

export const authenticateRoutes: Route[] = [
  route("public")("POST", "/user_management/authenticate", authenticate),
];
