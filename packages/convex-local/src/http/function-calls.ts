/** Function calls over HTTP: `/api/query`, `/api/mutation`, `/api/action`, `/api/run` and `/api/function`. */
import type { IncomingMessage } from "node:http";
import type { JSONValue } from "convex/values";
import * as v from "valibot";
import type { Caller } from "../auth/caller.ts";
import type { Backend, FunctionCall, Outcome, Timestamp } from "../backend.ts";
import {
  callErrorOf,
  codeOf,
  NO_SLOT,
  reasonOf,
  retryReasonOf,
  TOO_MANY_WRITES,
  UNAVAILABLE,
} from "../failure.ts";
import { canonicalPath } from "../function-path.ts";
import { decodeTimestamp, encodeTimestamp } from "../sync/timestamp.ts";
import { type Answer, HttpError } from "./answer.ts";
import { cleanJson } from "./clean-json.ts";
import { checked, parseRequest, readJson } from "./json-body.ts";

/** The status by which the client knows that the function ran and failed. */
const STATUS_UDF_FAILED = 560;

export type Kind = "query" | "mutation" | "action" | "any";

const json = v.custom<JSONValue>((value) => value !== undefined, "a JSON value");
const format = v.optional(v.picklist(["json", "convex_clean_json", "convex_json", "convex_encoded_json"]));
const callBody = v.object({
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
  args: v.optional(json),
  format,
  ts: v.optional(v.string()),
  componentPath: v.nullish(v.string()),
});
const runBody = v.object({ args: v.optional(json), format });

type Call = { call: FunctionCall; clean: boolean; at: Timestamp | null };

/**
 * Reads the call in the body of a POST.
 *
 * @throws {HttpError} 400 when the body is malformed.
 */
export async function readCall(request: IncomingMessage, caller: Caller): Promise<Call> {
  const body = checked(callBody, await readJson(request));
  if (body.componentPath && caller.caller !== "internal") {
    throw new HttpError(400, "BadRequest", "Functions of components can only be called with the admin key.");
  }
  const at = body.ts === undefined ? null : decodeTimestamp(body.ts);
  if (body.ts !== undefined && at === null)
    throw new HttpError(400, "BadTimestamp", "ts is not a timestamp.");
  const call = functionCall(body.path, body.args, caller);
  if (body.componentPath) call.component = body.componentPath;
  return { call, clean: isClean(body.format, request), at };
}

/**
 * Reads a call with the function in the URL, as `folder/module/export`.
 *
 * @throws {HttpError} 400 when the URL or the body is malformed.
 */
export async function readRun(request: IncomingMessage, identifier: string, caller: Caller): Promise<Call> {
  const parts = identifier.split("/").map((part) => decode(part));
  const name = parts.pop();
  if (parts.length === 0 || !name || parts.includes("")) {
    throw new HttpError(
      400,
      "MissingIdentifier",
      "The path must contain the function, as in /api/run/messages/list.",
    );
  }
  const body = checked(runBody, await readJson(request));
  const clean = body.format === undefined || isClean(body.format, request);
  return { call: functionCall(`${parts.join("/")}:${name}`, body.args, caller), clean, at: null };
}

/**
 * Reads a query in the parameters of a GET.
 *
 * @throws {HttpError} 400 when they are malformed.
 */
export function readGet(request: IncomingMessage, parameters: URLSearchParams, caller: Caller): Call {
  const text = parameters.get("args") ?? "{}";
  const body = checked(callBody, { ...Object.fromEntries(parameters), args: parseRequest(text) });
  return {
    call: functionCall(body.path, body.args, caller),
    clean: isClean(body.format, request),
    at: null,
  };
}

/**
 * Runs a call. An error of the function is part of the response.
 *
 * @throws {HttpError} when the caller made an error, or the backend is not available.
 */
export async function answerCall(backend: Backend, kind: Kind, { call, clean, at }: Call): Promise<Answer> {
  try {
    return outcomeAnswer(await run(backend, kind, call, at), clean);
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    const retryReason = retryReasonOf(error);
    if (retryReason !== null)
      throw new HttpError(
        [NO_SLOT, TOO_MANY_WRITES].includes(retryReason) ? 429 : 503,
        retryReason,
        reasonOf(error),
      );
    if (code === "restarted")
      throw new HttpError(503, "InternalServerError", UNAVAILABLE, { "Retry-After": "1" });
    if (code === "bad_arguments") throw new HttpError(400, "BadArguments", reasonOf(error));
    return outcomeAnswer({ ok: false, errorMessage: callErrorOf(error), logLines: [] }, clean);
  }
}

/** Responds to `/api/query_ts` with the timestamp at which a client can run several queries. */
export function timestampAnswer(backend: Backend): Answer {
  return { status: 200, body: { ts: encodeTimestamp(backend.now()) } };
}

async function run(backend: Backend, kind: Kind, call: FunctionCall, at: Timestamp | null): Promise<Outcome> {
  switch (kind) {
    case "query": {
      if (at === null) return (await backend.query(call)).outcome;
      if (at > backend.now()) throw new HttpError(400, "BadTimestamp", "ts is in the future.");
      return (await backend.query(call, at)).outcome;
    }
    case "mutation":
      return (await backend.mutation(call)).outcome;
    case "action":
      return (await backend.action(call)).outcome;
    case "any":
      return runAny(backend, call);
  }
}

/** Tries each kind, because the backend rejects a wrong one before it runs anything. */
async function runAny(backend: Backend, call: FunctionCall): Promise<Outcome> {
  for (const kind of ["query", "mutation"] as const) {
    try {
      return await run(backend, kind, call, null);
    } catch (error) {
      if (codeOf(error) !== "wrong_kind") throw error;
    }
  }
  return run(backend, "action", call, null);
}

function outcomeAnswer(outcome: Outcome, clean: boolean): Answer {
  const { logLines } = outcome;
  if (outcome.ok) {
    const value = clean ? cleanJson(outcome.value) : outcome.value;
    return { status: 200, body: { status: "success", value, logLines } };
  }
  const { errorMessage, errorData } = outcome;
  const body: { [field: string]: JSONValue } = { status: "error", errorMessage, logLines };
  if (errorData !== undefined) body.errorData = clean ? cleanJson(errorData) : errorData;
  return { status: STATUS_UDF_FAILED, body };
}

function functionCall(path: string, args: JSONValue = {}, { identity, caller }: Caller): FunctionCall {
  const [only = {}, ...others] = Array.isArray(args) ? args : [args];
  if (others.length > 0 || only === null || typeof only !== "object" || Array.isArray(only)) {
    throw new HttpError(400, "BadArguments", "args must be one object with the arguments by name.");
  }
  return { path: canonicalPath(path), args: only, identity, caller };
}

function isClean(requested: v.InferOutput<typeof format>, request: IncomingMessage): boolean {
  if (requested !== undefined) return requested === "json" || requested === "convex_clean_json";
  // By default, Convex's own clients get encoded JSON and other clients plain JSON.
  return request.headers["convex-client"] === undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, "MissingIdentifier", "The path is not encoded correctly.");
  }
}
