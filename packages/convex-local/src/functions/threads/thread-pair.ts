/**
 * The two worker threads and the build that they run. The actions' thread starts with the first action, unless there
 * are modules for Node, which only it can load. Both reload together; each is restarted when it was terminated.
 */
import { sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { AuthProvider } from "../../backend.ts";
import type { ConflictOptions } from "../../conflicts/pace.ts";
import { CallRejectedError } from "../execution/call-errors.ts";
import { sharedBundle } from "../modules/build-cache.ts";
import { type Build, type Bundle, bundle, sweepBuilds } from "../modules/bundle.ts";
import { Thread, type ThreadListener } from "./thread.ts";
import type { ActionRequests, EngineRequests, WorkerListener } from "./thread-messages.ts";

export type EngineThread = Thread<EngineRequests>;
export type ActionThread = Thread<ActionRequests>;

export type ThreadPairOptions = {
  /** Absolute paths. */
  functionsDir: string;
  dataFile: string;
  /** The functions' `process.env`. */
  env: Record<string, string>;
  /** Options of the conflict rules; null if mutations run one after another. */
  conflicts?: ConflictOptions | null;
  log(line: string): void;
};

/** How long functions may block the engine's thread and the actions' thread, in ms. */
const ENGINE_BLOCKED_MS = 1000;
const ACTION_BLOCKED_MS = 15_000;

/** How long the engine's thread has to finish its writes, in ms. */
const CLOSE_MS = 3000;

/** Starts, reloads and restarts the two threads. */
export class ThreadPair {
  readonly #options: ThreadPairOptions;
  #env: Record<string, string>;
  readonly #listener: WorkerListener;
  #engine: Promise<EngineThread> | null = null;
  #actions: Promise<ActionThread> | null = null;
  #build: Bundle | null = null;
  #reloading: Promise<void> = Promise.resolve();
  #closed = false;
  #closing: Promise<void> | null = null;
  #providers: AuthProvider[] = [];

  get #buildsDir(): string {
    return `${this.#options.dataFile}.build`;
  }

  constructor(options: ThreadPairOptions, listener: WorkerListener) {
    this.#options = options;
    this.#env = options.env;
    this.#listener = listener;
  }

  /** The providers of the loaded `auth.config.ts`. */
  get providers(): AuthProvider[] {
    return this.#providers;
  }

  /** Source files of the functions outside of their folder. */
  get outside(): readonly string[] {
    return this.#build?.sources.filter((file) => !file.startsWith(this.#options.functionsDir + sep)) ?? [];
  }

  /** @throws {Error} when the functions cannot be bundled or loaded. */
  async start(): Promise<void> {
    await sweepBuilds(this.#buildsDir);
    const building = sharedBundle(this.#options.functionsDir, this.#buildsDir).then((build) => {
      this.#build = build;
    });
    const starting = building.then(async () => {
      if (this.#build && hasNodeModules(this.#build.build)) await this.#startActions();
    });
    await Promise.all([this.#startEngine(building), starting]);
  }

  /**
   * Returns the engine's thread once it runs.
   *
   * @throws {CallRejectedError} when the backend is closed.
   */
  engine(): Promise<EngineThread> {
    return this.#closed || !this.#engine ? Promise.reject(closed()) : this.#engine;
  }

  /**
   * Returns the actions' thread once it runs, and starts it if necessary.
   *
   * @throws {CallRejectedError} when the backend is closed.
   */
  actions(): Promise<ActionThread> {
    if (this.#closed || !this.#engine) return Promise.reject(closed());
    return this.#actions ?? this.#startActions();
  }

  /** Bundles and loads the changed sources. If this fails, the last working functions stay, and the log says why. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  /** Replaces the environment variables of the functions, and loads the functions again. */
  setEnvironment(env: Record<string, string>): Promise<void> {
    this.#env = env;
    return this.reload();
  }

  /** Stops both threads. A second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    await this.#reloading;
    const engine = await this.#engine?.catch(() => null);
    const actions = await this.#actions?.catch(() => null);
    await actions?.terminate();
    await Promise.race([
      engine?.request({ type: "close" }).catch(() => null),
      delay(CLOSE_MS, null, { ref: false }),
    ]);
    await engine?.terminate();
    await this.#build?.remove();
    this.#build = null;
  }

  async #reload(): Promise<void> {
    const { functionsDir, log } = this.#options;
    const old = this.#build;
    let next: Bundle | null = null;
    try {
      next = await bundle(functionsDir, this.#buildsDir);
      this.#build = next;
      await this.#loadEverywhere(next.build);
      await old?.remove();
      log("Convex functions reloaded.");
    } catch (error) {
      this.#build = old;
      if (!this.#closed) log(`Convex functions not reloaded, the last working ones stay: ${textOf(error)}`);
      const actions = await this.#actions?.catch(() => null);
      if (old) await actions?.request({ type: "load", build: old.build, env: this.#env }).catch(() => null);
      await next?.remove();
    }
  }

  /** Also starts a thread that could not be restarted with the previous functions. */
  async #loadEverywhere(build: Build): Promise<void> {
    const actions = await this.#actions?.catch(() => null);
    if (actions) await actions.request({ type: "load", build, env: this.#env });
    else if (hasNodeModules(build)) await this.#startActions();
    const engine = await this.engine().catch(() => null);
    if (engine) await this.#load(engine, build);
    else await this.#startEngine();
  }

  #startEngine(built: Promise<void> = Promise.resolve()): Promise<EngineThread> {
    this.#engine = this.#openEngine(built);
    return this.#engine;
  }

  /** If it fails, the next action starts it again. */
  #startActions(): Promise<ActionThread> {
    const opening = this.#openActions();
    this.#actions = opening;
    opening.catch(() => {
      if (this.#actions === opening) this.#actions = null;
    });
    return opening;
  }

  async #openEngine(built: Promise<void>): Promise<EngineThread> {
    const { dataFile, conflicts = null } = this.#options;
    const file = new URL("./engine-worker.ts", import.meta.url);
    const waitsForDisk = process.env.CONVEX_LOCAL_SYNC !== "0";
    const workerData = { dataFile, waitsForDisk, conflicts };
    const engine: EngineThread = new Thread(
      { file, workerData, env: this.#env, maxBlockedMs: ENGINE_BLOCKED_MS },
      this.#threadListener(() => this.#startEngine()),
    );
    try {
      await Promise.all([engine.started, built]);
      if (this.#build) await this.#load(engine, this.#build.build);
      return engine;
    } catch (error) {
      await engine.terminate();
      throw error;
    }
  }

  async #openActions(): Promise<ActionThread> {
    const file = new URL("./action-worker.ts", import.meta.url);
    const actions: ActionThread = new Thread(
      { file, workerData: {}, env: this.#env, maxBlockedMs: ACTION_BLOCKED_MS },
      this.#threadListener(() => this.#startActions()),
    );
    try {
      await actions.started;
      if (this.#build) await actions.request({ type: "load", build: this.#build.build, env: this.#env });
      return actions;
    } catch (error) {
      await actions.terminate();
      throw error;
    }
  }

  /** @throws {Error} when the engine rejects these functions. */
  async #load(engine: EngineThread, build: Build): Promise<void> {
    const { ts, providers, problems } = await engine.request({ type: "load", build, env: this.#env });
    if (problems !== null) throw new Error(problems);
    this.#providers = providers;
    this.#listener.event({ type: "reloaded", ts });
  }

  #threadListener(restart: () => Promise<unknown>): ThreadListener {
    return {
      ...this.#listener,
      log: (line) => this.#options.log(line),
      ended: () => {
        if (this.#closed) return;
        this.#options.log("The thread of the functions did not respond and is restarted.");
        restart().catch((error: unknown) => {
          if (!this.#closed)
            this.#options.log(`The thread of the functions could not be restarted: ${textOf(error)}`);
        });
      },
    };
  }
}

function hasNodeModules({ components }: Build): boolean {
  return components.some(({ modules }) => modules.some(({ node }) => node));
}

function closed(): CallRejectedError {
  return new CallRejectedError("restarted", "The backend is closed.");
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
