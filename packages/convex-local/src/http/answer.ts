/** Responses of the HTTP API. */
import type { ServerResponse } from "node:http";
import type { JSONValue } from "convex/values";

export type Answer = {
  status: number;
  body: JSONValue | string | Uint8Array;
  headers?: Record<string, string>;
};

/** An error of the request itself. The body has `code` and `message`, as in Convex. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  get answer(): Answer {
    return { status: this.status, body: { code: this.code, message: this.message }, headers: this.headers };
  }
}

/** Any page may call, because requests are authenticated by token and never by cookie. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Convex-Client, Digest, Range",
  "Access-Control-Max-Age": "86400",
} as const;

/** Sends a response: text and bytes unchanged, everything else as JSON. */
export function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  const isText = typeof body === "string";
  const bytes = body instanceof Uint8Array ? body : Buffer.from(isText ? body : JSON.stringify(body));
  response.writeHead(status, {
    ...CORS,
    "Content-Type": isText ? "text/plain; charset=utf-8" : "application/json",
    "Content-Length": bytes.byteLength,
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
