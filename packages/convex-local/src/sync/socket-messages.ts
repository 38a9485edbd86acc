/**
 * The sync protocol: what a client may say, checked once at the door, and what the server answers.
 *
 * Names and shapes are those of `src/browser/sync/protocol.ts` in the published `convex` package.
 */
import type { JSONValue } from "convex/values";
import * as v from "valibot";

export type QueryId = number;

/** A client's view of its own state: which queries, as whom, as of when. `ts` is a timestamp's base64 text. */
export type WireVersion = { querySet: number; identity: number; ts: string };

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** What came out of `JSON.parse` is a JSON value already. */
const json = v.custom<JSONValue>(() => true, "a JSON value");
const args = v.array(json);
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

const addQuery = v.object({
  type: v.literal("Add"),
  queryId: count,
  udfPath: path,
  args,
  journal: v.nullish(v.string()),
  componentPath: v.nullish(v.string()),
});

const removeQuery = v.object({ type: v.literal("Remove"), queryId: count });

const call = { requestId: count, udfPath: path, args, componentPath: v.nullish(v.string()) };

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
  /** `authUpdateAttempted`: the answer to an Authenticate, rather than a token that ran out in use. */
  | { type: "AuthError"; error: string; baseVersion: number; authUpdateAttempted: boolean }
  /** The client stops for good: only for what trying again cannot mend. */
  | { type: "FatalError"; error: string }
  | { type: "TransitionChunk"; chunk: string; partNumber: number; totalParts: number; transitionId: string }
  | { type: "Ping" };

/** A message that no published client sends. */
export class BadMessageError extends Error {
  override name = "BadMessageError";
}

/**
 * Reads one text frame.
 *
 * @throws BadMessageError with what is wrong with it, and without what it contained.
 */
export function parseClientMessage(text: string): ClientMessage {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new BadMessageError("Received Invalid JSON on websocket.");
  }
  const parsed = v.safeParse(clientMessage, raw);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue) ?? "message";
  throw new BadMessageError(`Received an invalid message on websocket: ${where} is not ${issue.expected}.`);
}

/** The arguments object of a call: the protocol sends a list with exactly one. */
export function onlyArgument(list: JSONValue[]): JSONValue {
  return list[0] ?? {};
}
