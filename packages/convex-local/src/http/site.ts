/** The second port: hands every request to the functions' own `http.ts`, and its answer back as it is. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticator } from "../auth/authenticator.ts";
import type { HttpRequestMessage, HttpResponseMessage, Identity } from "../backend.ts";
import { codeOf, UNAVAILABLE } from "../failure.ts";
import { HttpError } from "./answer.ts";
import { readBody } from "./body.ts";

/** Convex's own limit for an HTTP action. */
const LONGEST_BODY = 20 * 1024 * 1024;

/** What concerns one connection and not the message, and is Node's to say. */
const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"]);

export type SiteOptions = {
  http: (request: HttpRequestMessage, identity: Identity | null) => Promise<HttpResponseMessage>;
  authenticator: Authenticator;
  siteUrl: string;
  log: (line: string) => void;
};

/** Answers one request; never throws. CORS is the functions' own affair here. */
export async function handleSite(
  request: IncomingMessage,
  response: ServerResponse,
  { http, authenticator, siteUrl, log }: SiteOptions,
): Promise<void> {
  try {
    const { method = "GET", rawHeaders } = request;
    const bare = method === "GET" || method === "HEAD" || method === "OPTIONS";
    const bytes = bare ? null : await readBody(request, LONGEST_BODY);
    const body = bytes === null || bytes.length === 0 ? null : new Uint8Array(bytes);
    const identity = await identityOf(request, authenticator);
    const url = urlOf(request, siteUrl);
    relay(response, await http({ method, url, headers: pairs(rawHeaders), body }, identity));
  } catch (error) {
    refuse(response, error, log);
  }
}

function relay(response: ServerResponse, { status, headers, body }: HttpResponseMessage): void {
  if (response.destroyed) return;
  response.statusCode = status;
  for (const [name, value] of headers) {
    if (!hopByHop.has(name.toLowerCase())) response.appendHeader(name, value);
  }
  const empty = response.req.method === "HEAD" || status === 204 || status === 304;
  if (!empty) response.setHeader("Content-Length", body.byteLength);
  response.end(empty ? undefined : body);
}

function refuse(response: ServerResponse, error: unknown, log: (line: string) => void): void {
  let fault: HttpError;
  const code = codeOf(error);
  if (error instanceof HttpError) fault = error;
  else if (code === "function_not_found") {
    fault = new HttpError(404, "NotFound", "This Convex deployment does not have HTTP actions enabled.");
  } else if (code === "timed_out") fault = new HttpError(504, "TimedOut", "The HTTP action took too long.");
  else {
    log(`An HTTP action failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    fault = new HttpError(code === "restarted" ? 503 : 500, "InternalServerError", UNAVAILABLE);
  }
  if (response.destroyed || response.headersSent) return;
  const { status, body, headers } = fault.answer;
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** Whose token the request brings. Whatever else an HTTP action takes in that header is its own to judge. */
async function identityOf(request: IncomingMessage, authenticator: Authenticator): Promise<Identity | null> {
  const token = /^bearer\s+(\S+\.\S+\.\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) return null;
  return authenticator.user(token).then(
    ({ identity }) => identity,
    () => null,
  );
}

/** The URL as the caller sees it, where it says under which host it asked. */
function urlOf(request: IncomingMessage, siteUrl: string): string {
  const { host = "" } = request.headers;
  const origin = /^[\w.:[\]-]+$/.test(host) ? (URL.parse(`http://${host}`)?.origin ?? siteUrl) : siteUrl;
  const url = URL.parse(`${origin}/${(request.url ?? "/").replace(/^\/+/, "")}`);
  if (url === null) throw new HttpError(400, "BadRequest", "The request's URL cannot be read.");
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
