/**
 * The line between the main thread (sockets, HTTP, token checks) and the worker thread (engine and functions).
 *
 * The main thread holds a `Backend`; the worker thread implements one. Everything that crosses is structured-clonable,
 * and every Convex value crosses in Convex's JSON encoding (`convexToJson`), so neither side trusts the other's objects.
 * What a subscription depends on (its read ranges) stays in the worker: the main thread only learns which of its
 * subscriptions a commit has made stale, and decides itself when to ask again. That is where backpressure lives.
 */
import type { JSONValue } from "convex/values";

/** A verified identity: the claims as Convex's `UserIdentity` carries them, `tokenIdentifier`, `issuer` and `subject` included. */
export type Identity = { tokenIdentifier: string; issuer: string; subject: string } & {
  [claim: string]: JSONValue;
};

/** Database time. One commit, one timestamp; it grows for ever, across restarts too. */
export type Timestamp = bigint;

export type FunctionCall = {
  /** Canonical path, `module:export` or `folder/module:export`. */
  path: string;
  /** One object, Convex-encoded. */
  args: JSONValue;
  identity: Identity | null;
  /** `internal` may call internal functions too (the admin key, the scheduler). */
  caller: "public" | "internal";
};

export type Outcome =
  | { ok: true; value: JSONValue; logLines: string[] }
  | { ok: false; errorMessage: string; errorData?: JSONValue; logLines: string[] };

/** A mutation's place in a client's own sequence: the same key is applied once, also after a crash. */
export type MutationKey = { sessionId: string; requestId: number };

/** A subscription of the main thread's; the number is the main thread's own, unique while the backend lives. */
export type SubscriptionId = number;

export type SubscriptionRequest = { id: SubscriptionId; call: FunctionCall; journal: string | null };

export type SubscriptionResult = { id: SubscriptionId; outcome: Outcome; journal: string | null };

export type BackendEvent =
  /** A commit at `ts` changed what these subscriptions read. Arrives before any answer computed at or after `ts`. */
  | { type: "committed"; ts: Timestamp; stale: SubscriptionId[] }
  /** New functions are in place (or the worker was restarted): every subscription must be run again. */
  | { type: "reloaded"; ts: Timestamp };

/** Thrown (rejected) by every method when the call names no public function, or a function of another kind. */
export type BackendErrorCode =
  | "function_not_found"
  | "wrong_kind"
  | "bad_arguments"
  | "timed_out"
  | "restarted";

export type AuthProvider =
  | { type: "customJwt"; issuer: string; jwks: string; algorithm: "RS256" | "ES256"; applicationID?: string }
  | { domain: string; applicationID: string };

export type HttpRequestMessage = {
  method: string;
  url: string;
  headers: [string, string][];
  body: Uint8Array | null;
};
export type HttpResponseMessage = { status: number; headers: [string, string][]; body: Uint8Array };

export interface Backend {
  /** One query at the newest snapshot, or at `at` where given (`/api/query_at_ts`). */
  query(call: FunctionCall, at?: Timestamp): Promise<{ ts: Timestamp; outcome: Outcome }>;

  /** One mutation, durable before it is answered. A repeated `key` gets the first answer and runs nothing. */
  mutation(call: FunctionCall, key?: MutationKey): Promise<{ ts: Timestamp; outcome: Outcome }>;

  action(call: FunctionCall): Promise<{ outcome: Outcome }>;

  /** A request to the functions' own `http.ts` router. */
  http(request: HttpRequestMessage, identity?: Identity | null): Promise<HttpResponseMessage>;

  /**
   * Runs the queries at one snapshot and remembers what each read, until `release` or the next `evaluate` of the same
   * id. The events of commits that happened meanwhile come before the answer.
   */
  evaluate(requests: SubscriptionRequest[]): Promise<{ ts: Timestamp; results: SubscriptionResult[] }>;

  release(ids: SubscriptionId[]): void;

  /** Newest committed timestamp. */
  now(): Timestamp;

  /** What `auth.config.ts` says, as it stands now. */
  authProviders(): AuthProvider[];

  onEvent(listener: (event: BackendEvent) => void): () => void;

  close(): Promise<void>;
}

/** A table of the app's own. Ids of its documents carry `number`. */
export type TableSummary = { name: string; number: number; documents: number };

/** Documents in the order of their creation; `at` is the moment to read at, the newest unless given. */
export type DocumentsRequest = {
  cursor: string | null;
  limit: number;
  order: "asc" | "desc";
  at?: Timestamp;
};

/** `cursor` is null behind the last document. */
export type DocumentsPage = { ts: Timestamp; documents: JSONValue[]; cursor: string | null };

/** What the holder of the admin key may do with documents: those of the app, not those of its components. */
export interface Tables {
  tables(): Promise<TableSummary[]>;

  documents(table: string, request: DocumentsRequest): Promise<DocumentsPage>;

  /**
   * Adds documents in one transaction, checked against the schema. One that brings its `_id` and `_creationTime` keeps
   * them. With `replace` the table is emptied first, in transactions of their own.
   */
  importDocuments(table: string, documents: JSONValue[], options: { replace: boolean }): Promise<void>;
}
