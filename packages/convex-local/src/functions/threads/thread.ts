/**
 * The main thread's side of one worker: requests, and a watchdog. A worker that does not answer pings runs a function
 * that blocks the thread. It is terminated, and every pending request learns whether its own code was running.
 */
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { LIMITS, OUT_OF_MEMORY, TIMED_OUT } from "../../limits/limits.ts";
import { failedReply, PendingRequests } from "./pending-requests.ts";
import type {
  AnswerOf,
  CrossRequests,
  FromWorker,
  Reply,
  RequestMap,
  RequestOf,
  ToWorker,
  WorkerListener,
} from "./thread-messages.ts";

const TICK_MS = 100;

/** How many times as long a function may block the thread on a busy machine. */
const PATIENCE = 5;

/** How long loading modules and the backend's own work may block the thread, in ms. */
const LOADING_MS = 20_000;

/** Space for short-lived objects of a thread, in MB. V8's default of 48 MB is not faster here. */
const YOUNG_MB = 16;

/**
 * What the memory of a thread may grow by while a function blocks it, in bytes: Convex's limit of a function and space
 * for garbage, which cannot be told apart from outside.
 */
const GROWTH_BYTES = LIMITS.memoryBytes + (96 << 20);

/** The thread ended before it answered. `blame` is `request` if the code of that request was running. */
export class ThreadEndedError extends Error {
  override name = "ThreadEndedError";
  readonly blame: "request" | "other" | "unknown";
  /** The subscription whose code was running, if the request was a batch of them. */
  readonly subscription: number;
  /** What the function did wrong whose code was running, in Convex's words. */
  readonly reason: string;
  /** The fatal error of the backend itself, or null if a function ended the thread. */
  readonly failure: string | null;
  constructor(
    blame: ThreadEndedError["blame"],
    subscription = 0,
    reason = TIMED_OUT,
    failure: string | null = null,
  ) {
    super("The thread of the functions was terminated.");
    this.blame = blame;
    this.subscription = subscription;
    this.reason = reason;
    this.failure = failure;
  }
}

export type ThreadListener = WorkerListener & {
  log(line: string): void;
  /** Called when the thread ends unexpectedly. */
  ended(): void;
};

export type ThreadOptions = {
  file: URL;
  workerData: object;
  env: Record<string, string>;
  /** How long the thread may be blocked, in ms. */
  maxBlockedMs: number;
};

/** One worker thread. */
export class Thread<Asked extends RequestMap> {
  readonly started: Promise<bigint>;
  readonly #worker: Worker;
  readonly #listener: ThreadListener;
  readonly #maxBlockedMs: number;
  /** Written by the worker: the request and the subscription whose code runs, and whether the backend's own code does. */
  readonly #running = new SharedArrayBuffer(12);
  readonly #pending = new PendingRequests<Asked>();
  /** Pending requests that may block the thread for longer. */
  #loading = 0;
  #watch: NodeJS.Timeout | null = null;
  /** Ticks of functions since the unanswered ping; null if there is none. */
  #unanswered: number | null = null;
  /** Ticks of the backend's own work since then. */
  #ownTicks = 0;
  /** Time of the CPU that the thread had used when the ping was sent, in ms. */
  #cpuAtPing = 0;
  /** Memory of the thread when it last answered, in bytes. */
  #idleBytes = 0;
  #reason = TIMED_OUT;
  /** The fatal error of the backend itself for which the thread ends. */
  #failure: string | null = null;
  #closing = false;
  #ended = false;

  constructor(options: ThreadOptions, listener: ThreadListener) {
    this.#listener = listener;
    this.#maxBlockedMs = options.maxBlockedMs;
    this.#worker = new Worker(options.file, {
      workerData: { ...options.workerData, running: this.#running },
      env: { ...options.env, ...compileCache() },
      stdout: true,
      stderr: true,
      execArgv: ["--enable-source-maps"],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // Output that bypasses the console: Node's warnings, and packages that write to the streams.
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      createInterface({ input: stream }).on("line", (line) => listener.log(line));
    }
    const { promise, resolve, reject } = Promise.withResolvers<bigint>();
    this.started = promise;
    this.#worker.on("message", (message: FromWorker) => {
      if (message.type === "started") {
        this.#noteMemory();
        resolve(message.ts);
      } else if (message.type === "failed") reject(new Error(message.message));
      else this.#receive(message);
    });
    this.#worker.on("error", (error) => {
      reject(error);
      listener.log(
        `The thread of the functions failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    });
    this.#worker.on("exit", () => {
      reject(new Error("The thread of the functions did not start."));
      this.#end();
    });
  }

  /**
   * Sends a request to the worker.
   *
   * @throws {CallRejectedError} when the worker rejects the call.
   * @throws {ThreadEndedError} when the worker ends before it answers.
   */
  request<Type extends keyof Asked & string>(
    request: RequestOf<Asked, Type>,
  ): Promise<AnswerOf<Asked, Type>> {
    if (this.#ended) return Promise.reject(new ThreadEndedError("other"));
    const answer = this.#pending.add<Type>((id) => this.#send({ type: "request", id, request }));
    this.#watch ??= setInterval(() => this.#tick(), TICK_MS);
    if (request.type !== "load" && request.type !== "close") return answer;
    this.#loading++;
    return answer.finally(() => {
      this.#loading--;
    });
  }

  release(ids: number[]): void {
    this.#send({ type: "release", ids });
  }

  async terminate(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #send(message: ToWorker<Asked>): void {
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
      case "failing":
        this.#failure = message.message;
        break;
      case "log":
        this.#listener.log(message.line);
        break;
      case "ran":
        this.#listener.ran(message.call, message.outcome, message.ms);
        break;
      case "pong":
        this.#unanswered = null;
        this.#noteMemory();
        break;
      case "call":
        void this.#call(message.id, message.call);
        break;
    }
  }

  #settle(id: number, reply: Reply): void {
    this.#pending.settle(id, reply);
    if (this.#pending.size === 0) this.#stopWatching();
  }

  async #call(id: number, call: RequestOf<CrossRequests>): Promise<void> {
    let reply: Reply;
    try {
      reply = { ok: true, answer: await this.#listener.call(call) };
    } catch (error) {
      reply = failedReply(error);
    }
    this.#send({ type: "called", id, reply });
  }

  /** Ends a thread that does not answer pings. */
  #tick(): void {
    if (this.#unanswered === null) {
      this.#unanswered = 0;
      this.#ownTicks = 0;
      this.#send({ type: "ping", id: 0 });
      void this.#notePing();
      return;
    }
    const [, , backend = 0] = new Int32Array(this.#running);
    const own = this.#loading > 0 || backend > 0;
    if (own) this.#ownTicks++;
    else {
      this.#unanswered++;
      this.#checkMemory();
    }
    if (this.#ownTicks * TICK_MS > LOADING_MS || this.#unanswered * TICK_MS > PATIENCE * this.#maxBlockedMs)
      this.#terminate();
    else if (this.#unanswered * TICK_MS > this.#maxBlockedMs) void this.#checkTime();
  }

  /** Ends the thread if a function has used it for too long, in time of the CPU: the machine may be busy. */
  async #checkTime(): Promise<void> {
    const used = (await this.#cpuMs()) - this.#cpuAtPing;
    if (this.#unanswered !== null && used > this.#maxBlockedMs) this.#terminate();
  }

  async #notePing(): Promise<void> {
    this.#cpuAtPing = await this.#cpuMs();
  }

  async #cpuMs(): Promise<number> {
    // A thread that has ended has used no time.
    const { user, system } = await this.#worker.cpuUsage().catch(() => ({ user: 0, system: 0 }));
    return (user + system) / 1000;
  }

  #terminate(): void {
    this.#stopWatching();
    void this.#worker.terminate();
  }

  #noteMemory(): void {
    this.#withMemory((bytes) => {
      this.#idleBytes = bytes;
    });
  }

  /** Ends a thread whose function would otherwise use the memory of the machine until it is timed out. */
  #checkMemory(): void {
    this.#withMemory((bytes) => {
      if (this.#unanswered === null || bytes - this.#idleBytes <= GROWTH_BYTES) return;
      this.#reason = OUT_OF_MEMORY;
      this.#terminate();
    });
  }

  #withMemory(use: (bytes: number) => void): void {
    // A thread that has ended has no statistics.
    this.#worker.getHeapStatistics().then(
      ({ used_heap_size: heap, external_memory: buffers }) => use(heap + buffers),
      () => {},
    );
  }

  #stopWatching(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#unanswered = null;
  }

  #end(): void {
    this.#ended = true;
    this.#stopWatching();
    const [request = 0, subscription = 0] = new Int32Array(this.#running);
    if (!this.#closing) this.#listener.ended();
    this.#pending.rejectAll((id) => {
      const blame = request === 0 ? "unknown" : request === id ? "request" : "other";
      return new ThreadEndedError(blame, blame === "request" ? subscription : 0, this.#reason, this.#failure);
    });
  }
}

/** Returns the variable that makes Node keep compiled code. The thread hides it from the functions. */
function compileCache(): Record<string, string> {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
}
