/**
 * The `Backend` of one machine: bundles the functions, runs them in worker threads, puts new ones in their place when
 * the sources change, and starts a thread again when it had to be ended.
 */

import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type {
  AuthProvider,
  Backend,
  BackendEvent,
  FunctionCall,
  HttpRequestMessage,
  HttpResponseMessage,
  Identity,
  MutationKey,
  Outcome,
  SubscriptionId,
  SubscriptionRequest,
  SubscriptionResult,
  Timestamp,
} from "./backend.ts";
import { type Build, bundle } from "./functions/bundle.ts";
import { CallRefused, redacted } from "./functions/errors.ts";
import type {
  ActionAnswers,
  ActionRequest,
  CallOut,
  EngineAnswers,
  EngineRequest,
  Invocation,
} from "./functions/messages.ts";
import { Thread, ThreadEnded, type ThreadListener } from "./functions/thread.ts";
import { watchSources } from "./functions/watch.ts";

export type BackendOptions = {
  /** Folder of the functions. */
  functionsDir: string;
  /** SQLite file; made where there is none. */
  dataFile: string;
  /** The functions' `process.env`. */
  env: Record<string, string>;
  /** One line each: what functions print, reloads, what went wrong. */
  log(line: string): void;
  /** Whether to take up changes of the sources. */
  watch: boolean;
  /** Whether callers learn no more of an error than in production. */
  redactErrors?: boolean;
};

type EngineThread = Thread<EngineRequest, EngineAnswers>;
type ActionThread = Thread<ActionRequest, ActionAnswers>;

/** How long queries and mutations may keep the engine's thread, and actions theirs, without a break, in ms. */
const ENGINE_PATIENCE_MS = 1000;
const ACTION_PATIENCE_MS = 15_000;

/** So often a call is run again when its thread ended and nobody knows through whom. */
const MOST_TRIES = 3;

const TIMED_OUT = "Function execution timed out (maximum duration: 1s)";

/**
 * @returns a backend whose functions are loaded
 * @throws Error when the functions cannot be bundled or loaded, or the data does not fit their schema
 */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const functionsDir = resolve(options.functionsDir);
  const dataFile = resolve(options.dataFile);
  await mkdir(dirname(dataFile), { recursive: true });
  const backend = new WorkerBackend({ ...options, functionsDir, dataFile });
  await backend.start();
  return backend;
}

class WorkerBackend implements Backend {
  readonly #options: BackendOptions;
  readonly #listeners = new Set<(event: BackendEvent) => void>();
  #engine: Promise<EngineThread> | null = null;
  #actions: Promise<ActionThread> | null = null;
  #build: { build: Build; remove(): Promise<void> } | null = null;
  #providers: AuthProvider[] = [];
  #ts: Timestamp = 0n;
  #closed = false;
  #unwatch: () => void = () => {};

  constructor(options: BackendOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    try {
      const first = await bundle(this.#options.functionsDir);
      this.#build = first;
      await Promise.all([this.#startEngine(), this.#startActions()]);
    } catch (error) {
      await this.close();
      throw error;
    }
    if (this.#options.watch) this.#unwatch = watchSources(this.#options.functionsDir, () => this.#reload());
  }

  async query(call: FunctionCall, at?: Timestamp): Promise<{ ts: Timestamp; outcome: Outcome }> {
    const request = { type: "query", call: invocation(call), at: at ?? null } as const;
    for (let tries = 1; ; tries++) {
      try {
        return this.#shown(await (await this.#currentEngine()).request(request));
      } catch (error) {
        if (!(error instanceof ThreadEnded)) throw error;
        if (error.blame === "request" || tries === MOST_TRIES)
          return { ts: this.#ts, outcome: failure(TIMED_OUT) };
      }
    }
  }

  async mutation(call: FunctionCall, key?: MutationKey): Promise<{ ts: Timestamp; outcome: Outcome }> {
    const request = { type: "mutation", call: invocation(call), key: key ?? null } as const;
    for (let tries = 1; ; tries++) {
      try {
        return this.#shown(await (await this.#currentEngine()).request(request));
      } catch (error) {
        if (!(error instanceof ThreadEnded)) throw error;
        const known = key ? await this.#answerOf(key) : null;
        if (known) return this.#shown(known);
        if (error.blame === "request" || tries === MOST_TRIES)
          return { ts: this.#ts, outcome: failure(TIMED_OUT) };
        // Without a key nobody can tell whether it was applied.
        if (!key)
          throw new CallRefused(
            "restarted",
            "The functions' thread was started anew before this mutation was answered.",
          );
      }
    }
  }

  async action(call: FunctionCall): Promise<{ outcome: Outcome }> {
    return this.#action(invocation(call)).then(({ outcome }) => ({
      outcome: this.#options.redactErrors ? redacted(outcome) : outcome,
    }));
  }

  /** @param identity who the request's token says is asking, where it has a good one */
  async http(request: HttpRequestMessage, identity: Identity | null = null): Promise<HttpResponseMessage> {
    try {
      return await (await this.#currentActions()).request({ type: "http", request, identity });
    } catch (error) {
      if (error instanceof ThreadEnded) throw new CallRefused("timed_out", "The HTTP action did not finish.");
      throw error;
    }
  }

  async evaluate(requests: SubscriptionRequest[]): Promise<{ ts: Timestamp; results: SubscriptionResult[] }> {
    const failed: SubscriptionResult[] = [];
    let left = requests;
    for (let tries = 1; ; tries++) {
      try {
        const { ts, results } = await (await this.#currentEngine()).request({
          type: "evaluate",
          requests: left,
        });
        this.#advance(ts);
        const shown = this.#options.redactErrors
          ? results.map((result) => ({ ...result, outcome: redacted(result.outcome) }))
          : results;
        return { ts, results: [...shown, ...failed] };
      } catch (error) {
        if (!(error instanceof ThreadEnded)) throw error;
        const guilty = left.filter(
          ({ id }) => id === error.subscription || (error.blame === "unknown" && tries === MOST_TRIES),
        );
        failed.push(...guilty.map(({ id }) => ({ id, outcome: failure(TIMED_OUT), journal: null })));
        left = left.filter((request) => !guilty.includes(request));
      }
    }
  }

  release(ids: SubscriptionId[]): void {
    void this.#engine?.then((engine) => engine.release(ids));
  }

  now(): Timestamp {
    return this.#ts;
  }

  authProviders(): AuthProvider[] {
    return this.#providers;
  }

  onEvent(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#unwatch();
    const engine = await this.#engine?.catch(() => null);
    const actions = await this.#actions?.catch(() => null);
    await actions?.terminate();
    await engine?.request({ type: "close" }).catch(() => null);
    await engine?.terminate();
    await this.#build?.remove();
    this.#build = null;
  }

  #startEngine(): Promise<EngineThread> {
    this.#engine = this.#openEngine();
    return this.#engine;
  }

  #startActions(): Promise<ActionThread> {
    this.#actions = this.#openActions();
    return this.#actions;
  }

  async #openEngine(): Promise<EngineThread> {
    const { dataFile, env } = this.#options;
    const engine: EngineThread = new Thread(
      {
        file: new URL("./functions/engine-worker.ts", import.meta.url),
        workerData: { dataFile },
        env,
        patience: ENGINE_PATIENCE_MS,
      },
      this.#listener(() => void this.#startEngine().catch((error: unknown) => this.#fail(error))),
    );
    this.#advance(await engine.started);
    if (this.#build) await this.#load(engine, this.#build.build);
    return engine;
  }

  async #openActions(): Promise<ActionThread> {
    const { env } = this.#options;
    const actions: ActionThread = new Thread(
      {
        file: new URL("./functions/action-worker.ts", import.meta.url),
        workerData: {},
        env,
        patience: ACTION_PATIENCE_MS,
      },
      this.#listener(() => void this.#startActions().catch((error: unknown) => this.#fail(error))),
    );
    await actions.started;
    if (this.#build) await actions.request({ type: "load", build: this.#build.build });
    return actions;
  }

  /** @throws Error saying why these functions are not taken */
  async #load(engine: EngineThread, build: Build): Promise<void> {
    const { ts, providers, problems } = await engine.request({ type: "load", build });
    if (problems !== null) throw new Error(problems);
    this.#providers = providers;
    this.#advance(ts);
    this.#tell({ type: "reloaded", ts });
  }

  /** New sources: taken whole, or the last good ones stay. */
  async #reload(): Promise<void> {
    const { functionsDir, log } = this.#options;
    const old = this.#build;
    let next: Awaited<ReturnType<typeof bundle>> | null = null;
    try {
      next = await bundle(functionsDir);
      await (await this.#currentActions()).request({ type: "load", build: next.build });
      this.#build = next;
      await this.#load(await this.#currentEngine(), next.build);
      await old?.remove();
      log("Convex functions reloaded.");
    } catch (error) {
      log(
        `Convex functions not reloaded, the last good ones stay: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.#build = old;
      if (old)
        await (await this.#currentActions()).request({ type: "load", build: old.build }).catch(() => null);
      await next?.remove();
    }
  }

  async #action(call: Invocation): Promise<{ outcome: Outcome }> {
    try {
      return await (await this.#currentActions()).request({ type: "action", call });
    } catch (error) {
      if (error instanceof ThreadEnded)
        return { outcome: failure("The action's thread was ended before the action was.") };
      throw error;
    }
  }

  #listener(restart: () => void): ThreadListener {
    return {
      event: (event) => {
        this.#advance(event.ts);
        this.#tell(event);
      },
      log: (line) => this.#options.log(line),
      call: (call) => this.#called(call),
      ended: () => {
        if (this.#closed) return;
        this.#options.log("The functions' thread was ended: it did not answer. It is started again.");
        restart();
      },
    };
  }

  /** What one thread asks of the other. */
  async #called(call: CallOut): Promise<unknown> {
    switch (call.type) {
      case "action":
        return this.#action(call.call);
      case "syscall":
        return (await this.#currentEngine()).request(call);
      case "query":
        return (await this.#currentEngine()).request({ type: "query", call: call.call, at: null });
      case "mutation":
        return (await this.#currentEngine()).request({ type: "mutation", call: call.call, key: null });
    }
  }

  async #answerOf(key: MutationKey): Promise<EngineAnswers["answerOf"]> {
    return (await this.#currentEngine()).request({ type: "answerOf", key });
  }

  #currentEngine(): Promise<EngineThread> {
    if (this.#closed || !this.#engine)
      return Promise.reject(new CallRefused("restarted", "The backend is closed."));
    return this.#engine;
  }

  #currentActions(): Promise<ActionThread> {
    if (this.#closed || !this.#actions)
      return Promise.reject(new CallRefused("restarted", "The backend is closed."));
    return this.#actions;
  }

  #shown({ ts, outcome }: { ts: bigint; outcome: Outcome }): { ts: Timestamp; outcome: Outcome } {
    this.#advance(ts);
    return { ts, outcome: this.#options.redactErrors ? redacted(outcome) : outcome };
  }

  #advance(ts: Timestamp): void {
    if (ts > this.#ts) this.#ts = ts;
  }

  #tell(event: BackendEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #fail(error: unknown): void {
    this.#options.log(
      `The functions' thread could not be started again: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function invocation(call: FunctionCall): Invocation {
  return { ...call, component: "" };
}

function failure(message: string): Outcome {
  return { ok: false, errorMessage: `Server Error\nUncaught Error: ${message}`, logLines: [] };
}
