/**
 * A `Backend` that a test controls step by step: rows by name, functions as closures, and hooks between the steps of an
 * evaluation. It makes races reproducible, such as a commit while a query runs.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JSONValue } from "convex/values";
import type {
  AuthProvider,
  Backend,
  BackendErrorCode,
  BackendEvent,
  FunctionCall,
  HttpRequestMessage,
  HttpResponseMessage,
  MutationKey,
  Outcome,
  SubscriptionId,
  SubscriptionRequest,
  SubscriptionResult,
  Timestamp,
} from "../../src/backend.ts";
import { CallRejectedError } from "../../src/functions/execution/call-errors.ts";

type Rows = { get(name: string): JSONValue; set(name: string, value: JSONValue): void };
type Handler = (rows: Rows, args: { [name: string]: JSONValue }, call: FunctionCall) => JSONValue;

/** The error of a rejected call. */
export class RejectedCall extends Error {
  readonly code: BackendErrorCode;
  constructor(code: BackendErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The scripted backend. */
export class ScriptedBackend implements Backend {
  readonly queries: { [path: string]: Handler } = {};
  readonly mutations: { [path: string]: Handler } = {};
  readonly actions: { [path: string]: (args: { [name: string]: JSONValue }) => Promise<JSONValue> } = {};
  /** Paths of all runs of subscriptions. */
  readonly runs: string[] = [];
  readonly released: SubscriptionId[] = [];
  providers: AuthProvider[] = [];
  /** Awaited by an evaluation after it has read and before it answers. */
  beforeAnswer: () => Promise<void> = async () => undefined;
  /** Awaited by a mutation after its commit and before its answer. */
  afterCommit: () => Promise<void> = async () => undefined;

  readonly #rows = new Map<string, JSONValue>();
  readonly #reads = new Map<SubscriptionId, Set<string>>();
  readonly #answered = new Map<string, { ts: Timestamp; outcome: Outcome }>();
  readonly #listeners = new Set<(event: BackendEvent) => void>();
  #ts: Timestamp = 1n;

  /** The number of subscriptions. */
  get watched(): number {
    return this.#reads.size;
  }

  /** Writes a row in a separate commit. */
  write(name: string, value: JSONValue): Timestamp {
    this.#rows.set(name, value);
    return this.#commit(new Set([name]));
  }

  reload(): void {
    this.#emit({ type: "reloaded", ts: this.#ts });
  }

  async query(call: FunctionCall): Promise<{ ts: Timestamp; outcome: Outcome }> {
    const handler = pick(this.queries, call.path, [this.mutations, this.actions]);
    await nextTurn();
    return { ts: this.#ts, outcome: this.#run(handler, call, new Set(), null) };
  }

  async mutation(call: FunctionCall, key?: MutationKey): Promise<{ ts: Timestamp; outcome: Outcome }> {
    const handler = pick(this.mutations, call.path, [this.queries, this.actions]);
    await nextTurn();
    const known = key === undefined ? undefined : this.#answered.get(JSON.stringify(key));
    if (known !== undefined) return known;
    const writes = new Map<string, JSONValue>();
    const outcome = this.#run(handler, call, new Set(), writes);
    if (!outcome.ok) return { ts: this.#ts, outcome };
    for (const [name, value] of writes) this.#rows.set(name, value);
    const answer = { ts: this.#commit(new Set(writes.keys())), outcome };
    if (key !== undefined) this.#answered.set(JSON.stringify(key), answer);
    await this.afterCommit();
    return answer;
  }

  async action(call: FunctionCall): Promise<{ outcome: Outcome }> {
    const handler = pick(this.actions, call.path, [this.queries, this.mutations]);
    try {
      return { outcome: { ok: true, value: await handler(argumentsOf(call)), logLines: [] } };
    } catch (error) {
      return { outcome: { ok: false, errorMessage: String(error), logLines: [] } };
    }
  }

  async http({ method, url, headers, body }: HttpRequestMessage): Promise<HttpResponseMessage> {
    const seen = { method, url, headers, body: body === null ? null : Buffer.from(body).toString() };
    const answer: [string, string][] = [
      ["content-type", "application/json"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ];
    return { status: 201, headers: answer, body: Buffer.from(JSON.stringify(seen)) };
  }

  async evaluate(requests: SubscriptionRequest[]): Promise<{ ts: Timestamp; results: SubscriptionResult[] }> {
    await nextTurn();
    const ts = this.#ts;
    const results = requests.map(({ id, call, journal }): SubscriptionResult => {
      this.runs.push(call.path);
      const reads = new Set<string>();
      this.#reads.set(id, reads);
      const handler = this.queries[call.path];
      const outcome: Outcome =
        handler === undefined
          ? { ok: false, errorMessage: `Could not find public function for '${call.path}'.`, logLines: [] }
          : this.#run(handler, call, reads, null);
      const ended = call.path.startsWith("paged") ? (journal ?? `page@${ts}`) : journal;
      return { id, outcome, journal: ended, readClock: call.path.startsWith("clock") };
    });
    await this.beforeAnswer();
    return { ts, results };
  }

  release(ids: SubscriptionId[]): void {
    this.released.push(...ids);
    for (const id of ids) this.#reads.delete(id);
  }

  now(): Timestamp {
    return this.#ts;
  }

  authProviders(): AuthProvider[] {
    return this.providers;
  }

  onEvent(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #run(
    handler: Handler,
    call: FunctionCall,
    reads: Set<string>,
    writes: Map<string, JSONValue> | null,
  ): Outcome {
    const rows: Rows = {
      get: (name) => {
        reads.add(name);
        return writes?.get(name) ?? this.#rows.get(name) ?? null;
      },
      set: (name, value) => {
        if (writes === null) throw new Error("A query cannot write.");
        writes.set(name, value);
      },
    };
    try {
      return { ok: true, value: handler(rows, argumentsOf(call), call), logLines: [] };
    } catch (error) {
      if (error instanceof RejectedCall || error instanceof CallRejectedError) throw error;
      return { ok: false, errorMessage: String(error), logLines: [] };
    }
  }

  #commit(names: Set<string>): Timestamp {
    this.#ts += 1n;
    const stale = [...this.#reads]
      .filter(([, reads]) => [...names].some((name) => reads.has(name)))
      .map(([id]) => id);
    this.#emit({ type: "committed", ts: this.#ts, stale });
    return this.#ts;
  }

  #emit(event: BackendEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function pick<F>(functions: { [path: string]: F }, path: string, others: object[]): F {
  const found = functions[path];
  if (found !== undefined) return found;
  if (others.some((other) => path in other))
    throw new RejectedCall("wrong_kind", `${path} is of another kind.`);
  throw new RejectedCall("function_not_found", `Could not find public function for '${path}'.`);
}

function argumentsOf(call: FunctionCall): { [name: string]: JSONValue } {
  const { args } = call;
  return args === null || typeof args !== "object" || Array.isArray(args) ? {} : args;
}
