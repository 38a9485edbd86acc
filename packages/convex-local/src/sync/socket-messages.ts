/**
 * Messages of the sync protocol. Client messages are validated when they arrive.
 *
 * Names and shapes follow `src/browser/sync/protocol.ts` in the published `convex` package.
 */
import type { JSONValue } from "convex/values";
import * as v from "valibot";
import { parseForeignJson } from "../values/json.ts";

/** Close codes of sockets (https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1). */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  violation: 1008,
  internal: 1011,
  tryAgain: 1013,
} as const;

export type QueryId = number;

/** Version of the client's state: query set, identity and timestamp in base64. */
export type WireVersion = { querySet: number; identity: number; ts: string };

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** The result of `JSON.parse` is always a JSON value. */
const json = v.custom<JSONValue>(() => true, "a JSON value");
const args = v.array(json);
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

const addQuery = v.object({
  type: v.literal("Add"),
  queryId: count,
  udfPath: path,
  args,
  journal: v.nullish(v.string()),
  componentPath: v.nullish(v.string(), ""),
});

const removeQuery = v.object({ type: v.literal("Remove"), queryId: count });

const call = { requestId: count, udfPath: path, args, componentPath: v.nullish(v.string(), "") };

const authenticate = v.variant("tokenType", [
  v.object({
    type: v.literal("Authenticate"),
    tokenType: v.literal("User"),
    value: v.string(),
    baseVersion: count,
  }),
  v.object({
    type: v.literal("Authenticate"),
    tokenType: v.literal("Admin"),
    value: v.string(),
    baseVersion: count,
    impersonating: v.nullish(v.record(v.string(), json)),
  }),
  v.object({ type: v.literal("Authenticate"), tokenType: v.literal("None"), baseVersion: count }),
]);

const clientMessage = v.variant("type", [
  v.object({
    type: v.literal("Connect"),
    sessionId: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
    connectionCount: v.optional(count),
    lastCloseReason: v.nullish(v.string()),
    maxObservedTimestamp: v.nullish(v.string()),
    clientTs: v.nullish(v.number()),
  }),
  v.object({
    type: v.literal("ModifyQuerySet"),
    baseVersion: count,
    newVersion: count,
    modifications: v.array(v.variant("type", [addQuery, removeQuery])),
  }),
  v.object({ type: v.literal("Mutation"), ...call }),
  v.object({ type: v.literal("Action"), ...call }),
  v.object({ type: v.literal("Event"), eventType: v.string(), event: v.optional(json) }),
  authenticate,
]);

export type ClientMessage = v.InferOutput<typeof clientMessage>;
export type MessageOf<Type extends ClientMessage["type"]> = Extract<ClientMessage, { type: Type }>;
export type QuerySetModification = MessageOf<"ModifyQuerySet">["modifications"][number];
export type AddQuery = Extract<QuerySetModification, { type: "Add" }>;

type Failure = { success: false; result: string; logLines: string[]; errorData?: JSONValue };

export type ServerMessage =
  | ({ type: "MutationResponse"; requestId: number } & (
      | { success: true; result: JSONValue; ts: string; logLines: string[] }
      | Failure
    ))
  | ({ type: "ActionResponse"; requestId: number } & (
      | { success: true; result: JSONValue; logLines: string[] }
      | Failure
    ))
  /** `authUpdateAttempted` is true for the answer to Authenticate, and false for a token that expired later. */
  | { type: "AuthError"; error: string; baseVersion: number; authUpdateAttempted: boolean }
  /** The client stops permanently. Only for errors that a retry cannot fix. */
  | { type: "FatalError"; error: string }
  | { type: "TransitionChunk"; chunk: string; partNumber: number; totalParts: number; transitionId: string }
  | { type: "Ping" };

/** An invalid message, which no published client sends. */
export class BadMessageError extends Error {
  override name = "BadMessageError";
}

/**
 * Parses one text frame.
 *
 * @throws {BadMessageError} when it is invalid. The error does not contain its content.
 */
export function parseClientMessage(text: string): ClientMessage {
  let raw: unknown;
  try {
    raw = parseForeignJson(text);
  } catch {
    throw new BadMessageError("Received Invalid JSON on websocket.");
  }
  const parsed = v.safeParse(clientMessage, raw);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue) ?? "message";
  throw new BadMessageError(`Received an invalid message on websocket: ${where} is not ${issue.expected}.`);
}

/** Returns the arguments object of a call. The protocol sends a list with exactly one. */
export function onlyArgument(list: JSONValue[]): JSONValue {
  const [only = {}] = list;
  return only;
}
