/**
 * Interface between the main thread (sockets, HTTP, token checks) and the worker threads (engine and functions).
 *
 * Everything that crosses it is structured-clonable, and every Convex value crosses in Convex's JSON encoding
 * (`convexToJson`). The read ranges of a subscription stay in the worker: the main thread learns only which
 * subscriptions a commit has made stale, and decides when to evaluate them again. This is where backpressure happens.
 */
import type { JSONValue } from "convex/values";

/** Verified claims, as in Convex's `UserIdentity`. */
export type Identity = { tokenIdentifier: string; issuer: string; subject: string } & {
  [claim: string]: JSONValue;
};

/** Database time. Each commit has its own timestamp; it always increases, also across restarts. */
export type Timestamp = bigint;

export type FunctionCall = {
  /** Canonical path, `module:export` or `folder/module:export`. */
  path: string;
  /** Path of the component that has the function, only with `internal`. The app by default. */
  component?: string;
  /** One object, Convex-encoded. */
  args: JSONValue;
  identity: Identity | null;
  /** `internal` may also call internal functions (the admin key, the scheduler). */
  caller: "public" | "internal";
};

export type Outcome =
  | { ok: true; value: JSONValue; logLines: string[] }
  | { ok: false; errorMessage: string; errorData?: JSONValue; logLines: string[] };

/** Idempotency key of a mutation: session and sequence number of the client. It is applied once, also after a crash. */
export type MutationKey = { sessionId: string; requestId: number };

/** Assigned by the main thread, unique during the lifetime of the backend. */
export type SubscriptionId = number;

export type SubscriptionRequest = { id: SubscriptionId; call: FunctionCall; journal: string | null };

export type SubscriptionResult = {
  id: SubscriptionId;
  outcome: Outcome;
  journal: string | null;
  /** Whether the query read the clock, so that its result ages. */
  readClock: boolean;
};

export type BackendEvent =
  /** A commit at `ts` changed what these subscriptions read. Arrives before any answer computed at or after `ts`. */
  | { type: "committed"; ts: Timestamp; stale: SubscriptionId[] }
  /** New functions were loaded, or the worker was restarted: every subscription must run again. */
  | { type: "reloaded"; ts: Timestamp };

/** Code of the error with which every method rejects a call that it did not run. */
export type BackendErrorCode =
  | "function_not_found"
  | "wrong_kind"
  | "bad_arguments"
  | "timed_out"
  | "restarted"
  /** Every retry of a mutation conflicted, or the deployment is overloaded: the same call may succeed later. */
  | "retry";

export type AuthProvider =
  | { type: "customJwt"; issuer: string; jwks: string; algorithm: "RS256" | "ES256"; applicationID?: string }
  | { domain: string; applicationID: string };

/** Caller of an HTTP action. `rejection` says why the header `Authorization` does not identify a user. */
export type HttpCaller = { identity: Identity | null; rejection: string | null };

export type HttpRequestMessage = {
  method: string;
  url: string;
  headers: [string, string][];
  body: Uint8Array | null;
};
export type HttpResponseMessage = { status: number; headers: [string, string][]; body: Uint8Array };

export interface Backend {
  /** Runs one query at the newest snapshot, or at `at` (`/api/query_at_ts`). */
  query(call: FunctionCall, at?: Timestamp): Promise<{ ts: Timestamp; outcome: Outcome }>;

  /** Runs one mutation and resolves once it is durable. A repeated `key` gets the first result and runs nothing. */
  mutation(call: FunctionCall, key?: MutationKey): Promise<{ ts: Timestamp; outcome: Outcome }>;

  action(call: FunctionCall): Promise<{ outcome: Outcome }>;

  /** Passes a request to the router of the functions' `http.ts`. */
  http(request: HttpRequestMessage, caller?: HttpCaller): Promise<HttpResponseMessage>;

  /**
   * Runs the queries at one snapshot and remembers what each of them read, until `release` or the next `evaluate` of
   * the same id. Events of commits in between arrive before the result.
   */
  evaluate(requests: SubscriptionRequest[]): Promise<{ ts: Timestamp; results: SubscriptionResult[] }>;

  release(ids: SubscriptionId[]): void;

  /** Returns the newest committed timestamp. */
  now(): Timestamp;

  /** Returns the providers of the loaded `auth.config.ts`. */
  authProviders(): AuthProvider[];

  onEvent(listener: (event: BackendEvent) => void): () => void;

  close(): Promise<void>;
}

/** A table. Ids of its documents contain `number`. */
export type TableSummary = {
  /** Path of the component that has the table, "" for the app. */
  component: string;
  name: string;
  number: number;
  documents: number;
};

/** A page of documents in the order of creation, at the newest snapshot or at `at`. */
export type DocumentsRequest = {
  /** The app by default. */
  component?: string;
  cursor: string | null;
  limit: number;
  order: "asc" | "desc";
  at?: Timestamp;
};

/** `cursor` is null after the last document. */
export type DocumentsPage = { ts: Timestamp; documents: JSONValue[]; cursor: string | null };

/** The highest use of one function by one call, since the start. */
export type FunctionUse = {
  /** The component of the function, "" for the app. */
  component: string;
  path: string;
  calls: number;
  documentsRead: number;
  bytesRead: number;
  indexRanges: number;
  documentsWritten: number;
  bytesWritten: number;
  functionsScheduled: number;
  /** Time of the function's own code. */
  milliseconds: number;
  /** Conflicts by the table in which another mutation wrote what this one had read. */
  conflicts: { [table: string]: number };
  /** Calls that failed because every retry conflicted too. */
  failedByConflict: number;
  total: TotalUse;
};

/** What all calls of a function have read and written. */
export type TotalUse = {
  documentsRead: number;
  bytesRead: number;
  documentsWritten: number;
  bytesWritten: number;
};

/** How often token refreshes made one query run again, or found its result in the cache. */
export type RefreshCost = { path: string; ran: number; cached: number };

/** Token refreshes of all sockets since the start, and what they cost. */
export type TokenRefreshes = { refreshes: number; queries: RefreshCost[] };

/** Counters since the start. */
export interface Statistics {
  /** Returns the highest use of each function that ran in a transaction. */
  functionUse(): Promise<FunctionUse[]>;
}

/** With `replace` the table is emptied first, in separate transactions. The component is the app by default. */
export type ImportOptions = { replace: boolean; component?: string };

/** Access to documents for holders of the admin key. */
export interface Tables {
  /** Returns the tables of the app and of all components, and those of their stored files. */
  tables(): Promise<TableSummary[]>;

  documents(table: string, request: DocumentsRequest): Promise<DocumentsPage>;

  /**
   * Adds documents in one transaction, checked against the schema. A document with `_id` and `_creationTime` keeps
   * both.
   */
  importDocuments(table: string, documents: JSONValue[], options: ImportOptions): Promise<void>;
}
