/** HTTP API of the deployment: routes, authentication and error responses. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Administration } from "../administration.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import { AuthError, type Caller, ProviderUnavailableError } from "../auth/caller.ts";
import type { Backend } from "../backend.ts";
import { UNAVAILABLE } from "../failure.ts";
import type { SocketServer } from "../sync/socket-server.ts";
import { importAnswer, pageAnswer, tablesAnswer, useAnswer } from "./admin-routes.ts";
import { type Answer, HttpError, send } from "./answer.ts";
import {
  changeVariables,
  exportAnswer,
  finishUpload,
  logsAnswer,
  performImport,
  requestExport,
  startUpload,
  uploadPart,
} from "./cli-routes.ts";
import { type FileStore, fileAnswer, uploadAnswer } from "./file-routes.ts";
import { answerCall, type Kind, readCall, readGet, readRun, timestampAnswer } from "./function-calls.ts";

export type ApiOptions = {
  backend: Backend;
  files: FileStore | null;
  admin: Administration | null;
  sockets: Pick<SocketServer, "tokenRefreshes">;
  authenticator: Authenticator;
  log: (line: string) => void;
};

type Request = { message: IncomingMessage; url: URL; options: ApiOptions };
type Route = { [method: string]: (request: Request) => Promise<Answer> | Answer };

const routes: { [path: string]: Route } = {
  "/": { GET: () => ({ status: 200, body: "This Convex deployment is running." }) },
  "/version": { GET: () => ({ status: 200, body: "local" }) },
  "/api/query": {
    GET: async (request) => {
      const call = readGet(request.message, request.url.searchParams, await callerOf(request));
      return answerCall(request.options.backend, "query", call);
    },
    POST: (request) => postCall(request, "query"),
  },
  "/api/query_at_ts": { POST: (request) => postCall(request, "query") },
  "/api/query_ts": { POST: ({ options }) => timestampAnswer(options.backend) },
  "/api/mutation": { POST: (request) => postCall(request, "mutation") },
  "/api/action": { POST: (request) => postCall(request, "action") },
  "/api/function": { POST: (request) => postCall(request, "any") },
  "/api/local/tables": { GET: async (request) => tablesAnswer(await adminAccess(request)) },
  "/api/local/documents": {
    GET: async (request) => pageAnswer(await adminAccess(request), request.url.searchParams),
    POST: async (request) => importAnswer(await adminAccess(request), request.message),
  },
  "/api/local/use": {
    GET: async (request) => useAnswer(await adminAccess(request), request.options.sockets.tokenRefreshes()),
  },
  "/api/local/environment": {
    GET: async (request) => ({ status: 200, body: (await adminAccess(request)).environment() }),
  },
  "/api/stream_function_logs": {
    GET: async (request) => logsAnswer(await adminAccess(request), request.url.searchParams),
  },
  "/api/update_environment_variables": {
    POST: async (request) => changeVariables(await adminAccess(request), request.message),
  },
  "/api/export/request/zip": {
    POST: async (request) => requestExport(await adminAccess(request), request.url.searchParams),
  },
  "/api/import/start_upload": { POST: async (request) => startUpload(await adminAccess(request)) },
  "/api/import/upload_part": {
    POST: async (request) =>
      uploadPart(await adminAccess(request), request.message, request.url.searchParams),
  },
  "/api/import/finish_upload": {
    POST: async (request) => finishUpload(await adminAccess(request), request.message),
  },
  "/api/perform_import": {
    POST: async (request) => performImport(await adminAccess(request), request.message),
  },
  "/api/storage/upload": {
    POST: ({ message, url, options }) => uploadAnswer(options.files, message, url.searchParams.get("token")),
  },
  "/api/debug_event": { POST: () => ({ status: 200, body: {} }) },
};

/** Routes with a name as the last segment. */
const prefixes: { [prefix: string]: Route } = {
  "/api/run/": {
    POST: async (request) => {
      const identifier = request.url.pathname.slice("/api/run/".length);
      const call = await readRun(request.message, identifier, await callerOf(request));
      return answerCall(request.options.backend, "any", call);
    },
  },
  "/api/export/zip/": {
    GET: async (request) =>
      exportAnswer(await adminAccess(request), request.url.pathname.slice("/api/export/zip/".length)),
  },
  "/api/storage/": {
    GET: ({ message, url, options }) => {
      const code = url.pathname.slice("/api/storage/".length);
      return fileAnswer(options.files, message, code, url.searchParams.get("component") ?? "");
    },
  },
};

/** Handles one request. Errors become responses. */
export async function handleApi(
  message: IncomingMessage,
  response: ServerResponse,
  options: ApiOptions,
): Promise<void> {
  try {
    send(response, await answer(message, options));
  } catch (error) {
    send(response, errorAnswer(error, options.log));
  }
}

async function answer(message: IncomingMessage, options: ApiOptions): Promise<Answer> {
  const url = parseUrl(message.url);
  const route = findRoute(url.pathname);
  if (route === null) throw new HttpError(404, "NotFound", "There is no such route.");
  const method = message.method === "HEAD" ? "GET" : (message.method ?? "");
  if (method === "OPTIONS") return { status: 204, body: "" };
  const handler = Object.hasOwn(route, method) ? route[method] : undefined;
  if (handler === undefined) {
    throw new HttpError(405, "MethodNotAllowed", "The route does not support this method.", {
      Allow: Object.keys(route).join(", "),
    });
  }
  return handler({ message, url, options });
}

function findRoute(path: string): Route | null {
  if (Object.hasOwn(routes, path)) return routes[path] ?? null;
  for (const [prefix, route] of Object.entries(prefixes)) if (path.startsWith(prefix)) return route;
  return null;
}

async function postCall(request: Request, kind: Kind): Promise<Answer> {
  const caller = await callerOf(request);
  return answerCall(request.options.backend, kind, await readCall(request.message, caller));
}

function callerOf({ message, options }: Request): Promise<Caller> {
  return options.authenticator.header(message.headers.authorization);
}

/** @throws {HttpError} 403 without the admin key. */
async function adminOf(request: Request): Promise<Caller> {
  const caller = await callerOf(request);
  if (caller.caller !== "internal") throw new HttpError(403, "Forbidden", "This needs the admin key.");
  return caller;
}

async function adminAccess(request: Request): Promise<Administration> {
  await adminOf(request);
  const { admin } = request.options;
  if (admin === null) throw new HttpError(404, "NotFound", "There is no such route.");
  return admin;
}

function parseUrl(path = "/"): URL {
  const url = URL.parse(path.replace(/^\/+/, "/"), "http://convex.invalid");
  if (url === null) throw new HttpError(400, "BadRequest", "The URL of the request is malformed.");
  return url;
}

function errorAnswer(error: unknown, log: (line: string) => void): Answer {
  if (error instanceof HttpError) return error.answer;
  if (error instanceof AuthError) return new HttpError(401, error.code, error.message).answer;
  if (error instanceof ProviderUnavailableError) {
    log(`A token could not be verified: ${error.message}`);
    return new HttpError(503, "AuthProviderUnavailable", error.message, { "Retry-After": "1" }).answer;
  }
  log(`A request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new HttpError(500, "InternalServerError", UNAVAILABLE).answer;
}
