/** A request, read whole and taken apart once; everything after this sees values and no sockets. */
import type { IncomingMessage } from "node:http";
import * as v from "valibot";
import { invalidParameters, WorkosError } from "./errors.ts";

/** More than any call of the SDK needs. */
const LARGEST_BODY = 64 * 1024;

export type WorkosRequest = {
  method: string;
  /** The path as sent, without the query. */
  path: string;
  query: URLSearchParams;
  header(name: string): string | null;
  /** `Host`, where it names this machine; else null. */
  loopbackHost: string | null;
  ipAddress: string | null;
  body: string;
  contentType: string;
};

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * @throws WorkosError 400 for a target that is no path, 413 for a body over 64 KiB
 */
export async function readRequest(message: IncomingMessage): Promise<WorkosRequest> {
  const target = message.url ?? "/";
  if (!target.startsWith("/")) throw new WorkosError(400, { message: "Bad Request" });
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
  // Left early, the iterator would take the socket with it, and nobody would hear the refusal.
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new WorkosError(413, { message: "Payload Too Large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A form body, or null when the body says that it is something else. */
export function formOf(request: WorkosRequest): URLSearchParams | null {
  return request.contentType === "application/x-www-form-urlencoded"
    ? new URLSearchParams(request.body)
    : null;
}

/**
 * The fields of a JSON or form body; an empty body has none.
 * @throws WorkosError 400 when it is not an object
 */
export function fieldsOf(request: WorkosRequest): Record<string, unknown> {
  const form = formOf(request);
  if (form) return Object.fromEntries(form);
  if (request.body === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(request.body);
  } catch {
    throw new WorkosError(400, { message: "Problems parsing JSON", code: "invalid_request_body" });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new WorkosError(400, { message: "The body must be a JSON object", code: "invalid_request_body" });
  return { ...parsed };
}

/**
 * Reads values by a schema.
 * @throws WorkosError 422 that names the fields
 */
export function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw invalidParameters(
    result.issues.map((issue) => ({ field: v.getDotPath(issue) ?? "", code: `invalid_${issue.kind}` })),
  );
}
