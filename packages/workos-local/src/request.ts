/** Reads a request with its body into a value. */
import type { IncomingMessage } from "node:http";
import * as v from "valibot";
import { invalidParameters, oauthError, WorkOSError } from "./errors.ts";

/** The largest body in bytes, more than any call of the SDK needs. */
const MAX_BODY_BYTES = 64 * 1024;

export type WorkOSRequest = {
  method: string;
  /** The path as sent, without the query. */
  path: string;
  query: URLSearchParams;
  header(name: string): string | null;
  /** The `Host` header if it is a loopback address, otherwise null. */
  loopbackHost: string | null;
  ipAddress: string | null;
  body: string;
  contentType: string;
};

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * Reads a request.
 *
 * @throws {WorkOSError} 400 when the target is not a path, 413 when the body is over 64 KiB.
 */
export async function readRequest(message: IncomingMessage): Promise<WorkOSRequest> {
  const target = message.url ?? "/";
  if (!target.startsWith("/")) throw new WorkOSError(400, { message: "Bad Request" });
  const [path = "/", ...rest] = target.split("?");
  const host = message.headers.host ?? "";
  return {
    method: message.method ?? "GET",
    path,
    query: new URLSearchParams(rest.join("?")),
    header: (name) => {
      const value = message.headers[name.toLowerCase()];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    },
    loopbackHost: LOOPBACK_HOST.test(host) ? host : null,
    ipAddress: message.socket.remoteAddress ?? null,
    body: await readBody(message),
    contentType: (message.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "",
  };
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Without this option, leaving the loop early destroys the socket before the response is sent.
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new WorkOSError(413, { message: "Payload Too Large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Returns a form body, or null for another content type. */
export function formOf(request: WorkOSRequest): URLSearchParams | null {
  return request.contentType === "application/x-www-form-urlencoded"
    ? new URLSearchParams(request.body)
    : null;
}

/**
 * Returns the fields of a JSON or form body. An empty body has none.
 *
 * @throws {WorkOSError} 400 when the body is not an object.
 */
export function fieldsOf(request: WorkOSRequest): Record<string, unknown> {
  const form = formOf(request);
  if (form) return Object.fromEntries(form);
  if (request.body === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(request.body);
  } catch {
    throw new WorkOSError(400, { message: "Problems parsing JSON", code: "invalid_request_body" });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new WorkOSError(400, { message: "The body must be a JSON object", code: "invalid_request_body" });
  return { ...parsed };
}

/**
 * Validates a value against a schema.
 *
 * @throws {WorkOSError} 422 with the invalid fields.
 */
export function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw invalidParameters(
    result.issues.map((issue) => ({ field: v.getDotPath(issue) ?? "", code: `invalid_${issue.kind}` })),
  );
}

/**
 * Validates the fields of a grant. Errors have OAuth's form, unlike in the rest of the API.
 *
 * @throws {WorkOSError} 400 `invalid_request` with the first missing or invalid parameter.
 */
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
