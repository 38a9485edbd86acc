/**
 * The main thread's end of one worker: requests with their answers, and a watchdog. A thread that does not answer a ping
 * for a second is busy with a function that loops; it is ended, and every open request learns whether it was the one.
 */
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import type { BackendEvent } from "../../backend.ts";
import type { Work } from "../execution/call-context.ts";
import { CallRefused } from "../execution/call-errors.ts";
import type { CallOut, FromWorker, Reply, ToWorker } from "./thread-messages.ts";

const TICK_MS = 100;

/** How long modules may take to load without a break, in ms. */
const LOADING_MS = 20_000;

/** Short-lived objects of a thread, in MB: V8's own 48 buys nothing here. */
const YOUNG_MB = 16;

/** The thread ended before it answered. `blame`: `request` when that request's code was running, `unknown` when nobody's was. */
export class ThreadEnded extends Error {
  override name = "ThreadEnded";
  readonly blame: "request" | "other" | "unknown";
  /** The subscription whose code was running, where the blamed request is a batch of them. */
  readonly subscription: number;
  constructor(blame: ThreadEnded["blame"], subscription: number) {
    super("The functions' thread was ended.");
    this.blame = blame;
    this.subscription = subscription;
  }
}

export type ThreadListener = {
  event(event: BackendEvent): void;
  log(line: string): void;
  call(call: CallOut): Promise<unknown>;
  /** The thread is gone, and nobody asked for that. */
  ended(): void;
};

export type ThreadOptions = {
  file: URL;
  workerData: object;
  env: Record<string, string>;
  /** How long the thread may be busy without a break, in ms. */
  patience: number;
};

type Pending = { resolve(answer: unknown): void; reject(error: Error): void; loading: boolean };

export class Thread<
  Request extends { type: string },
  Answers extends { [type in Request["type"]]: unknown },
> {
  readonly started: Promise<bigint>;
  readonly #worker: Worker;
  readonly #listener: ThreadListener;
  readonly #patience: number;
  readonly #running = new SharedArrayBuffer(8);
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #watch: NodeJS.Timeout | null = null;
  /** Ticks since the ping that is not answered yet; null: none is open. */
  #unanswered: number | null = null;
  #closing = false;
  #ended = false;

  constructor(options: ThreadOptions, listener: ThreadListener) {
    this.#listener = listener;
    this.#patience = options.patience;
    this.#worker = new Worker(options.file, {
      workerData: { ...options.workerData, running: this.#running },
      env: options.env,
      stdout: true,
      stderr: true,
      execArgv: ["--enable-source-maps"],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // What does not go through the console: warnings of Node's, packages that write by themselves.
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      createInterface({ input: stream }).on("line", (line) => listener.log(line));
    }
    const { promise, resolve, reject } = Promise.withResolvers<bigint>();
    this.started = promise;
    this.#worker.on("message", (message: FromWorker) => {
      if (message.type === "started") resolve(message.ts);
      else if (message.type === "failed") reject(new Error(message.message));
      else this.#receive(message);
    });
    this.#worker.on("error", (error) => {
      reject(error);
      listener.log(
        `The functions' thread failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    });
    this.#worker.on("exit", () => {
      reject(new Error("The functions' thread did not start."));
      this.#end();
    });
  }

  /** @throws CallRefused, or ThreadEnded */
  request<Type extends Request["type"]>(request: Extract<Request, { type: Type }>): Promise<Answers[Type]> {
    if (this.#ended) return Promise.reject(new ThreadEnded("other", 0));
    const id = this.#nextId++;
    return new Promise<Answers[Type]>((resolve, reject) => {
      this.#pending.set(id, {
        resolve: (answer) => resolve(answer as Answers[Type]),
        reject,
        loading: request.type === "load" || request.type === "close",
      });
      this.#send({ type: "request", id, request });
      this.#watch ??= setInterval(() => this.#tick(), TICK_MS);
    });
  }

  release(ids: number[]): void {
    this.#send({ type: "release", ids });
  }

  async terminate(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #send(message: ToWorker<Request>): void {
    this.#worker.postMessage(message);
  }

  #receive(message: Exclude<FromWorker, { type: "started" | "failed" }>): void {
    switch (message.type) {
      case "reply":
        this.#settle(message.id, message.reply);
        break;
      case "event":
        this.#listener.event(message.event);
        break;
      case "log":
        this.#listener.log(message.line);
        break;
      case "pong":
        this.#unanswered = null;
        break;
      case "call":
        void this.#call(message.id, message.call);
        break;
    }
  }

  #settle(id: number, reply: Reply<unknown>): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#stopWatching();
    if (reply.ok) pending?.resolve(reply.answer);
    else
      pending?.reject(
        reply.code === null ? new Error(reply.message) : new CallRefused(reply.code, reply.message),
      );
  }

  async #call(id: number, call: CallOut): Promise<void> {
    let reply: Reply<unknown>;
    try {
      reply = { ok: true, answer: await this.#listener.call(call) };
    } catch (error) {
      const code = error instanceof CallRefused ? error.code : null;
      reply = { ok: false, code, message: error instanceof Error ? error.message : String(error) };
    }
    this.#send({ type: "called", id, reply });
  }

  /** Counted in ticks, not by the clock: where this thread is starved the other one is too. */
  #tick(): void {
    if (this.#unanswered === null) {
      this.#unanswered = 0;
      this.#send({ type: "ping", id: 0 });
      return;
    }
    const loading = [...this.#pending.values()].some((pending) => pending.loading);
    if (++this.#unanswered * TICK_MS <= (loading ? LOADING_MS : this.#patience)) return;
    this.#stopWatching();
    void this.#worker.terminate();
  }

  #stopWatching(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#unanswered = null;
  }

  #end(): void {
    this.#ended = true;
    this.#stopWatching();
    const [request, subscription] = new Int32Array(this.#running) as unknown as Work;
    const pending = [...this.#pending];
    this.#pending.clear();
    if (!this.#closing) this.#listener.ended();
    for (const [id, { reject }] of pending) {
      const blame = request === 0 ? "unknown" : request === id ? "request" : "other";
      reject(new ThreadEnded(blame, blame === "request" ? subscription : 0));
    }
  }
}
