/** Port of HTTP actions: passes every request to the functions' `http.ts` and returns its response unchanged. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticator } from "../auth/authenticator.ts";
import type { HttpCaller, HttpRequestMessage, HttpResponseMessage } from "../backend.ts";
import { codeOf, UNAVAILABLE } from "../failure.ts";
import { HttpError } from "./answer.ts";
import { readBody } from "./body.ts";

/** Convex's limit for the body of an HTTP action, in bytes. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Headers of the connection and not of the message. Node sets them. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"]);

export type SiteOptions = {
  http: (request: HttpRequestMessage, caller: HttpCaller) => Promise<HttpResponseMessage>;
  authenticator: Authenticator;
  siteUrl: string;
  log: (line: string) => void;
};

/** Handles one request. Errors become responses. The functions themselves handle CORS. */
export async function handleSite(
  request: IncomingMessage,
  response: ServerResponse,
  { http, authenticator, siteUrl, log }: SiteOptions,
): Promise<void> {
  try {
    const { method = "GET", rawHeaders } = request;
    const bare = method === "GET" || method === "HEAD" || method === "OPTIONS";
    const bytes = bare ? null : await readBody(request, MAX_BODY_BYTES);
    const body = bytes === null || bytes.length === 0 ? null : new Uint8Array(bytes);
    const caller = await callerOf(request, authenticator);
    const url = urlOf(request, siteUrl);
    relay(response, await http({ method, url, headers: pairs(rawHeaders), body }, caller));
  } catch (error) {
    respondError(response, error, log);
  }
}

function relay(response: ServerResponse, { status, headers, body }: HttpResponseMessage): void {
  if (response.destroyed) return;
  response.statusCode = status;
  for (const [name, value] of headers) {
    if (!HOP_BY_HOP.has(name.toLowerCase())) response.appendHeader(name, value);
  }
  const empty = response.req.method === "HEAD" || status === 204 || status === 304;
  if (!empty) response.setHeader("Content-Length", body.byteLength);
  response.end(empty ? undefined : body);
}

function respondError(response: ServerResponse, error: unknown, log: (line: string) => void): void {
  let failure: HttpError;
  const code = codeOf(error);
  if (error instanceof HttpError) failure = error;
  else if (code === "function_not_found") {
    failure = new HttpError(404, "NotFound", "This Convex deployment does not have HTTP actions enabled.");
  } else if (code === "timed_out") failure = new HttpError(504, "TimedOut", "The HTTP action took too long.");
  else {
    log(`An HTTP action failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    failure = new HttpError(code === "restarted" ? 503 : 500, "InternalServerError", UNAVAILABLE);
  }
  if (response.destroyed || response.headersSent) return;
  const { status, body, headers } = failure.answer;
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** Returns the caller. A header that is not for Convex reaches the HTTP action, which may check it itself. */
function callerOf({ headers }: IncomingMessage, authenticator: Authenticator): Promise<HttpCaller> {
  return authenticator.header(headers.authorization).then(
    ({ identity }) => ({ identity, rejection: null }),
    (error: unknown) => ({
      identity: null,
      rejection: error instanceof Error ? error.message : String(error),
    }),
  );
}

/** Returns the URL as the caller sees it, based on its `Host` header. */
function urlOf(request: IncomingMessage, siteUrl: string): string {
  const { host = "" } = request.headers;
  const origin = /^[\w.:[\]-]+$/.test(host) ? (URL.parse(`http://${host}`)?.origin ?? siteUrl) : siteUrl;
  const url = URL.parse(`${origin}/${(request.url ?? "/").replace(/^\/+/, "")}`);
  if (url === null) throw new HttpError(400, "BadRequest", "The URL of the request is malformed.");
  return url.href;
}

function pairs(raw: string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index];
    const value = raw[index + 1];
    if (name !== undefined && value !== undefined) headers.push([name, value]);
  }
  return headers;
}
