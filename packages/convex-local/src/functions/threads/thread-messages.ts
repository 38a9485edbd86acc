/** Messages between the main thread and its two workers: the engine with queries and mutations, and the actions. */
import type { JSONValue } from "convex/values";
import type {
  AuthProvider,
  BackendErrorCode,
  BackendEvent,
  DocumentsPage,
  DocumentsRequest,
  FunctionCall,
  FunctionUse,
  HttpCaller,
  HttpRequestMessage,
  HttpResponseMessage,
  Identity,
  ImportOptions,
  MutationKey,
  Outcome,
  SubscriptionRequest,
  SubscriptionResult,
  TableSummary,
} from "../../backend.ts";
import type { ConflictOptions } from "../../conflicts/pace.ts";
import type { Work } from "../execution/call-context.ts";
import type { Build } from "../modules/bundle.ts";
import type { StoredFile, UploadRejection } from "../tables/stored-files.ts";

/** A call of a function, as the thread that runs it receives it. */
export type Invocation = FunctionCall & {
  /** The component of the function, "" for the app. */
  component: string;
  /** The id of the scheduled function, if the call is one. */
  job?: string;
  /** Set by the thread that runs the call. */
  work?: Work;
};

/** Prefix of the sessions in keys that the backend creates for mutations without one. */
export const OWN_SESSION = "local ";

/** The operation of `ctx.vectorSearch`. */
export const VECTOR_SEARCH = "1.0/actions/vectorSearch";

/** Requests of one direction: for each type, what the request carries and how it is answered. */
export type RequestMap = { [type: string]: { request: object; answer: unknown } };

/** A request of the given type, or of any. */
export type RequestOf<Map extends RequestMap, Type extends keyof Map = keyof Map> = Extract<
  { [Name in keyof Map]: { type: Name } & Map[Name]["request"] }[keyof Map],
  { type: Type }
>;

/** The answer to a request of the given type, or of any. */
export type AnswerOf<Map extends RequestMap, Type extends keyof Map = keyof Map> = Map[Type]["answer"];

type Syscall = { operation: string; args: string; component: string; identity: Identity | null };
type Upload = { body: Uint8Array; contentType: string | null; sha256: string | null } & Uploader;

export type UploadResult = { storageId: string } | { rejected: UploadRejection };

/** Who stores a file: the holder of an upload URL, or an action of a component. */
export type Uploader = { token: string } | { component: string };

/** Functions to load, and their environment variables. */
type Load = { build: Build; env: Record<string, string> };

/** State of an import or export in Convex's form; without `id` of a new one. */
export type Progress = { table: "_snapshot_imports" | "_exports"; id?: string; state: JSONValue };

/** Requests to the engine's worker. */
export type EngineRequests = {
  load: {
    request: Load;
    answer: { ts: bigint; providers: AuthProvider[]; problems: string | null };
  };
  query: { request: { call: Invocation; at: bigint | null }; answer: Result };
  mutation: { request: { call: Invocation; key: MutationKey }; answer: Result };
  answerOf: { request: { key: MutationKey }; answer: Result | null };
  evaluate: {
    request: { requests: SubscriptionRequest[] };
    answer: { ts: bigint; results: SubscriptionResult[] };
  };
  syscall: { request: Syscall; answer: string };
  storeFile: { request: Upload; answer: UploadResult };
  readFile: { request: { storageId: string; component: string }; answer: StoredFile | null };
  restoreFile: {
    request: { component: string; document: JSONValue; body: Uint8Array };
    answer: null;
  };
  tables: { request: object; answer: TableSummary[] };
  documents: { request: { table: string; page: DocumentsRequest }; answer: DocumentsPage };
  import: { request: { table: string; documents: JSONValue[] } & ImportOptions; answer: null };
  saveProgress: { request: { progress: Progress }; answer: string };
  functionUse: { request: object; answer: FunctionUse[] };
  close: { request: object; answer: null };
};

/** Requests to the actions' worker. */
export type ActionRequests = {
  load: { request: Load; answer: null };
  action: { request: { call: Invocation }; answer: { outcome: Outcome } };
  http: {
    request: { request: HttpRequestMessage; caller: HttpCaller; redact: boolean };
    answer: HttpResponseMessage;
  };
};

/** Requests of one worker to the other, through the main thread. */
export type CrossRequests = {
  query: { request: { call: Invocation }; answer: { outcome: Outcome } };
  mutation: { request: { call: Invocation }; answer: { outcome: Outcome } };
  action: { request: { call: Invocation }; answer: { outcome: Outcome } };
} & Pick<EngineRequests, "syscall" | "storeFile" | "readFile">;

type Result = { ts: bigint; outcome: Outcome };

export type ToWorker<Asked extends RequestMap> =
  | { type: "request"; id: number; request: RequestOf<Asked> }
  | { type: "release"; ids: number[] }
  | { type: "ping"; id: number }
  /** The other worker's reply to a `call`. */
  | { type: "called"; id: number; reply: Reply };

export type Reply =
  | { ok: true; answer: unknown }
  | { ok: false; code: BackendErrorCode | null; message: string; reason: string | null };

/** Receives what workers send without being asked. */
export type WorkerListener = {
  event(event: BackendEvent): void;
  /** Passes a request of one thread to the other. */
  call(call: RequestOf<CrossRequests>): Promise<AnswerOf<CrossRequests>>;
  /** Called after a scheduled mutation, which no request of the main thread runs. */
  ran(call: Invocation, outcome: Outcome, ms: number): void;
};

export type FromWorker =
  | { type: "started"; ts: bigint }
  | { type: "failed"; message: string }
  /** The thread ends because of this fatal error. */
  | { type: "failing"; message: string }
  | { type: "reply"; id: number; reply: Reply }
  | { type: "event"; event: BackendEvent }
  | { type: "pong"; id: number }
  | { type: "log"; line: string }
  /** A scheduled mutation ran. */
  | { type: "ran"; call: Invocation; outcome: Outcome; ms: number }
  | { type: "call"; id: number; call: RequestOf<CrossRequests> };

export type EngineWorkerData = {
  dataFile: string;
  waitsForDisk: boolean;
  conflicts: ConflictOptions | null;
  running: SharedArrayBuffer;
};
export type ActionWorkerData = { running: SharedArrayBuffer };
