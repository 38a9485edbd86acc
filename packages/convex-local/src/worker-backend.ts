/**
 * The local backend: bundles the functions, runs them in worker threads, reloads them when the sources change, and
 * retries calls whose thread had to be terminated.
 */

import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Administration } from "./administration.ts";
import type {
  AuthProvider,
  BackendEvent,
  FunctionCall,
  HttpCaller,
  HttpRequestMessage,
  HttpResponseMessage,
  MutationKey,
  Outcome,
  SubscriptionId,
  SubscriptionRequest,
  SubscriptionResult,
  Timestamp,
} from "./backend.ts";
import { Environment } from "./environment.ts";
import { Executions } from "./executions.ts";
import { serverError } from "./failure.ts";
import { CallRejectedError, redacted } from "./functions/execution/call-errors.ts";
import { watchSources } from "./functions/modules/watch-sources.ts";
import type { StoredFile } from "./functions/tables/stored-files.ts";
import { ThreadEndedError } from "./functions/threads/thread.ts";
import {
  type AnswerOf,
  type CrossRequests,
  type EngineRequests,
  type Invocation,
  OWN_SESSION,
  type RequestOf,
  type UploadResult,
} from "./functions/threads/thread-messages.ts";
import { ThreadPair } from "./functions/threads/thread-pair.ts";
import type { BackendOptions, LocalBackend, UploadedFile } from "./local-backend.ts";

/** How often a call is tried when its thread ends and the cause is unknown. */
const MAX_TRIES = 3;

const GIVEN_UP = "The thread of the functions ended repeatedly while the mutation was running.";

/**
 * Starts a backend and loads its functions.
 *
 * @throws {Error} when the functions cannot be bundled or loaded, or existing documents do not match the schema.
 */
export async function startBackend(options: BackendOptions): Promise<LocalBackend> {
  const functionsDir = resolve(options.functionsDir);
  const dataFile = resolve(options.dataFile);
  await mkdir(dirname(dataFile), { recursive: true });
  const backend = new WorkerBackend({ ...options, functionsDir, dataFile });
  await backend.start();
  return backend;
}

class WorkerBackend implements LocalBackend {
  readonly admin: Administration;
  readonly #options: BackendOptions;
  readonly #threads: ThreadPair;
  readonly #executions = new Executions();
  readonly #listeners = new Set<(event: BackendEvent) => void>();
  readonly #session = randomUUID();
  #nextRequest = 0;
  #ts: Timestamp = 0n;
  #unwatch: () => void = () => {};

  constructor(options: BackendOptions) {
    this.#options = options;
    const environment = new Environment(options.dataFile, options.env);
    this.#threads = new ThreadPair(
      { ...options, env: environment.all() },
      {
        event: (event) => this.#notify(event),
        call: (call) => this.#forward(call),
        ran: (call, outcome, ms) => this.#executions.addCall("Mutation", call, outcome, ms),
      },
    );
    const { dataFile } = options;
    this.admin = new Administration({
      threads: this.#threads,
      environment,
      executions: this.#executions,
      dataFile,
      now: () => this.#ts,
      log: (line) => options.log(line),
    });
  }

  async start(): Promise<void> {
    try {
      await this.#threads.start();
    } catch (error) {
      await this.close();
      throw error;
    }
    if (this.#options.watch) {
      const outside = (): readonly string[] => this.#threads.outside;
      this.#unwatch = watchSources(this.#options.functionsDir, outside, () => this.#threads.reload());
    }
  }

  async query(call: FunctionCall, at?: Timestamp): Promise<{ ts: Timestamp; outcome: Outcome }> {
    const request = { type: "query", call: invocation(call), at: at ?? null } as const;
    const ran = this.#executions.begin("Query", call);
    for (let tries = 1; ; tries++) {
      try {
        return this.#shown(ran(await (await this.#threads.engine()).request(request)));
      } catch (error) {
        if (!(error instanceof ThreadEndedError)) throw error;
        if (error.blame === "request" || tries === MAX_TRIES)
          return { ts: this.#ts, outcome: failure(error.reason) };
      }
    }
  }

  async mutation(call: FunctionCall, key?: MutationKey): Promise<{ ts: Timestamp; outcome: Outcome }> {
    const ran = this.#executions.begin("Mutation", call);
    return this.#shown(ran(await this.#mutation(invocation(call), key)));
  }

  async action(call: FunctionCall): Promise<{ outcome: Outcome }> {
    const ran = this.#executions.begin("Action", call);
    const { outcome } = ran(await this.#action(invocation(call)));
    return { outcome: this.#options.redactErrors ? redacted(outcome) : outcome };
  }

  async http(
    request: HttpRequestMessage,
    caller: HttpCaller = { identity: null, rejection: null },
  ): Promise<HttpResponseMessage> {
    try {
      const redact = this.#options.redactErrors ?? false;
      return await (await this.#threads.actions()).request({ type: "http", request, caller, redact });
    } catch (error) {
      if (error instanceof ThreadEndedError)
        throw new CallRejectedError("timed_out", "The HTTP action did not finish.");
      throw error;
    }
  }

  async storeFile(
    token: string,
    { body, contentType = null, sha256 = null }: UploadedFile,
  ): Promise<UploadResult> {
    const engine = await this.#threads.engine();
    return engine.request({ type: "storeFile", token, body, contentType, sha256 });
  }

  async readFile(code: string, component: string): Promise<StoredFile | null> {
    return (await this.#threads.engine()).request({ type: "readFile", storageId: code, component });
  }

  async evaluate(requests: SubscriptionRequest[]): Promise<{ ts: Timestamp; results: SubscriptionResult[] }> {
    const failed: SubscriptionResult[] = [];
    let left = requests;
    const ran = this.#executions.beginBatch(requests);
    for (let tries = 1; ; tries++) {
      try {
        const { ts, results } = await (await this.#threads.engine()).request({
          type: "evaluate",
          requests: left,
        });
        this.#advance(ts);
        ran(results);
        const shown = this.#options.redactErrors
          ? results.map((result) => ({ ...result, outcome: redacted(result.outcome) }))
          : results;
        return { ts, results: [...shown, ...failed] };
      } catch (error) {
        if (!(error instanceof ThreadEndedError)) throw error;
        const blamed = left.filter(
          ({ id }) => id === error.subscription || (error.blame === "unknown" && tries >= MAX_TRIES),
        );
        const outcome = failure(error.reason);
        failed.push(...blamed.map(({ id }) => ({ id, outcome, journal: null, readClock: false })));
        left = left.filter((request) => !blamed.includes(request));
      }
    }
  }

  release(ids: SubscriptionId[]): void {
    // A thread that has ended has no subscriptions to release.
    this.#threads.engine().then(
      (engine) => engine.release(ids),
      () => {},
    );
  }

  now(): Timestamp {
    return this.#ts;
  }

  authProviders(): AuthProvider[] {
    return this.#threads.providers;
  }

  onEvent(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#unwatch();
    await this.#threads.close();
  }

  /** Every mutation has a key, so that it can be retried safely when its thread ends. */
  async #mutation(call: Invocation, key = this.#ownKey()): Promise<{ ts: Timestamp; outcome: Outcome }> {
    for (let tries = 1; ; tries++) {
      try {
        return await (await this.#threads.engine()).request({ type: "mutation", call, key });
      } catch (error) {
        if (!(error instanceof ThreadEndedError)) throw error;
        const known = await this.#answerOf(key);
        if (known) return known;
        if (error.failure !== null) return { ts: this.#ts, outcome: failure(error.failure) };
        if (error.blame === "request") return { ts: this.#ts, outcome: failure(error.reason) };
        if (error.blame === "unknown" && tries >= MAX_TRIES)
          return { ts: this.#ts, outcome: failure(GIVEN_UP) };
      }
    }
  }

  #ownKey(): MutationKey {
    return { sessionId: `${OWN_SESSION}${this.#session}`, requestId: this.#nextRequest++ };
  }

  async #action(call: Invocation): Promise<{ outcome: Outcome }> {
    try {
      return await (await this.#threads.actions()).request({ type: "action", call });
    } catch (error) {
      if (error instanceof ThreadEndedError)
        return { outcome: failure("The thread of the action ended before the action finished.") };
      throw error;
    }
  }

  /** Passes a request of one thread to the other. */
  async #forward(call: RequestOf<CrossRequests>): Promise<AnswerOf<CrossRequests>> {
    switch (call.type) {
      case "action": {
        const ran = this.#executions.begin("Action", call.call);
        return ran(await this.#action(call.call));
      }
      case "syscall":
      case "storeFile":
      case "readFile":
        return (await this.#threads.engine()).request(call);
      case "query": {
        const ran = this.#executions.begin("Query", call.call);
        return ran(
          await (await this.#threads.engine()).request({ type: "query", call: call.call, at: null }),
        );
      }
      case "mutation": {
        const ran = this.#executions.begin("Mutation", call.call);
        return ran(await this.#mutation(call.call));
      }
    }
  }

  async #answerOf(key: MutationKey): Promise<AnswerOf<EngineRequests, "answerOf">> {
    return (await this.#threads.engine()).request({ type: "answerOf", key });
  }

  #shown({ ts, outcome }: { ts: bigint; outcome: Outcome }): { ts: Timestamp; outcome: Outcome } {
    this.#advance(ts);
    return { ts, outcome: this.#options.redactErrors ? redacted(outcome) : outcome };
  }

  #advance(ts: Timestamp): void {
    if (ts > this.#ts) this.#ts = ts;
  }

  #notify(event: BackendEvent): void {
    this.#advance(event.ts);
    for (const listener of this.#listeners) listener(event);
  }
}

function invocation(call: FunctionCall): Invocation {
  return { ...call, component: call.component ?? "" };
}

function failure(message: string): Outcome {
  return { ok: false, errorMessage: serverError(message), logLines: [] };
}
