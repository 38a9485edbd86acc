/** What crosses between the main thread and its two workers: one for the engine with queries and mutations, one for actions. */
import type { JSONValue } from "convex/values";
import type {
  AuthProvider,
  BackendErrorCode,
  BackendEvent,
  DocumentsPage,
  DocumentsRequest,
  FunctionCall,
  HttpRequestMessage,
  HttpResponseMessage,
  Identity,
  MutationKey,
  Outcome,
  SubscriptionRequest,
  SubscriptionResult,
  TableSummary,
} from "../../backend.ts";
import type { Work } from "../execution/call-context.ts";
import type { Build } from "../modules/bundle.ts";
import type { StoredFile } from "../tables/stored-files.ts";

/** A call of a function by name, as it reaches the thread that runs it. */
export type Invocation = FunctionCall & {
  /** The component that the name belongs to, "" for the app. */
  component: string;
  /** The scheduled job that this is, where it is one. */
  job?: string;
  /** Set by the thread that runs it. */
  work?: Work;
};

/** Begins the session of keys that this backend gives to mutations which come without one. */
export const OWN_SESSION = "local ";

/** What the engine's worker is asked; each is answered once. */
export type EngineRequest =
  | { type: "load"; build: Build }
  | { type: "query"; call: Invocation; at: bigint | null }
  | { type: "mutation"; call: Invocation; key: MutationKey }
  | { type: "answerOf"; key: MutationKey }
  | { type: "evaluate"; requests: SubscriptionRequest[] }
  | { type: "syscall"; operation: string; args: string; component: string; identity: Identity | null }
  | ({ type: "storeFile"; body: Uint8Array; contentType: string | null; sha256: string | null } & Uploader)
  | { type: "readFile"; storageId: string; component: string | null }
  | { type: "tables" }
  | { type: "documents"; table: string; page: DocumentsRequest }
  | { type: "import"; table: string; documents: JSONValue[]; replace: boolean }
  | { type: "close" };

/** Who stores a file: somebody with an upload URL, or an action of a component. */
export type Uploader = { token: string } | { component: string };

export type EngineAnswers = {
  load: { ts: bigint; providers: AuthProvider[]; problems: string | null };
  query: { ts: bigint; outcome: Outcome };
  mutation: { ts: bigint; outcome: Outcome };
  answerOf: { ts: bigint; outcome: Outcome } | null;
  evaluate: { ts: bigint; results: SubscriptionResult[] };
  syscall: string;
  storeFile: string;
  readFile: StoredFile | null;
  tables: TableSummary[];
  documents: DocumentsPage;
  import: null;
  close: null;
};

/** What the actions' worker is asked. */
export type ActionRequest =
  | { type: "load"; build: Build }
  | { type: "action"; call: Invocation }
  | { type: "http"; request: HttpRequestMessage; identity: Identity | null };

export type ActionAnswers = {
  load: null;
  action: { outcome: Outcome };
  http: HttpResponseMessage;
};

export type ToWorker<Request> =
  | { type: "request"; id: number; request: Request }
  | { type: "release"; ids: number[] }
  | { type: "ping"; id: number }
  /** The other thread's answer to a `CallOut`. */
  | { type: "called"; id: number; reply: Reply<unknown> };

/** What a worker asks of the other one, through the main thread. */
export type CallOut =
  | { type: "query" | "mutation" | "action"; call: Invocation }
  | Extract<EngineRequest, { type: "storeFile" | "readFile" }>
  | { type: "syscall"; operation: string; args: string; component: string; identity: Identity | null };

export type Reply<Answer> =
  | { ok: true; answer: Answer }
  | { ok: false; code: BackendErrorCode | null; message: string };

export type FromWorker =
  | { type: "started"; ts: bigint }
  | { type: "failed"; message: string }
  | { type: "reply"; id: number; reply: Reply<unknown> }
  | { type: "event"; event: BackendEvent }
  | { type: "pong"; id: number }
  | { type: "log"; line: string }
  | { type: "call"; id: number; call: CallOut };

export type EngineWorkerData = {
  role: "engine";
  dataFile: string;
  redact: boolean;
  running: SharedArrayBuffer;
  env: Record<string, string>;
};
export type ActionWorkerData = {
  role: "action";
  redact: boolean;
  running: SharedArrayBuffer;
  env: Record<string, string>;
};
