/**
 * The two worker threads and the build that they run: started together, given new functions together, and each started
 * again when it had to be ended.
 */
import { sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { AuthProvider, BackendEvent } from "../../backend.ts";
import { CallRefused } from "../execution/call-errors.ts";
import { type Build, type Bundle, bundle, sweepBuilds } from "../modules/bundle.ts";
import { Thread, type ThreadListener } from "./thread.ts";
import type {
  ActionAnswers,
  ActionRequest,
  CallOut,
  EngineAnswers,
  EngineRequest,
} from "./thread-messages.ts";

export type EngineThread = Thread<EngineRequest, EngineAnswers>;
export type ActionThread = Thread<ActionRequest, ActionAnswers>;

export type ThreadsOptions = {
  /** Absolute paths. */
  functionsDir: string;
  dataFile: string;
  /** The functions' `process.env`. */
  env: Record<string, string>;
  log(line: string): void;
};

export type ThreadsListener = {
  event(event: BackendEvent): void;
  /** What one thread asks of the other. */
  call(call: CallOut): Promise<unknown>;
};

/** How long queries and mutations may keep the engine's thread, and actions theirs, without a break, in ms. */
const ENGINE_PATIENCE_MS = 1000;
const ACTION_PATIENCE_MS = 15_000;

/** How long the engine's thread has to finish what it is writing, in ms. */
const CLOSE_MS = 3000;

export class Threads {
  readonly #options: ThreadsOptions;
  readonly #listener: ThreadsListener;
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

  constructor(options: ThreadsOptions, listener: ThreadsListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** What the newest `auth.config.ts` says. */
  get providers(): AuthProvider[] {
    return this.#providers;
  }

  /** Files outside of the functions' folder that the functions are made of too. */
  get outside(): readonly string[] {
    return this.#build?.sources.filter((file) => !file.startsWith(this.#options.functionsDir + sep)) ?? [];
  }

  /** @throws Error saying why the functions cannot be bundled or loaded */
  async start(): Promise<void> {
    await sweepBuilds(this.#buildsDir);
    const building = bundle(this.#options.functionsDir, this.#buildsDir).then((build) => {
      this.#build = build;
    });
    await Promise.all([building, this.#startEngine(building), this.#startActions(building)]);
  }

  /** The engine's thread, once it runs. @throws CallRefused when all is closed */
  engine(): Promise<EngineThread> {
    return this.#closed || !this.#engine ? Promise.reject(closed()) : this.#engine;
  }

  actions(): Promise<ActionThread> {
    return this.#closed || !this.#actions ? Promise.reject(closed()) : this.#actions;
  }

  /** New sources: taken whole, or the last good ones stay and the log says why. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  /** Ends both threads; a second call waits for the first. */
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
      if (!this.#closed) log(`Convex functions not reloaded, the last good ones stay: ${textOf(error)}`);
      const actions = await this.actions().catch(() => null);
      if (old) await actions?.request({ type: "load", build: old.build }).catch(() => null);
      await next?.remove();
    }
  }

  /** A thread that could not be started again with the functions before may well be with these. */
  async #loadEverywhere(build: Build): Promise<void> {
    const actions = await this.actions().catch(() => null);
    if (actions) await actions.request({ type: "load", build });
    else await this.#startActions();
    const engine = await this.engine().catch(() => null);
    if (engine) await this.#load(engine, build);
    else await this.#startEngine();
  }

  #startEngine(built: Promise<void> = Promise.resolve()): Promise<EngineThread> {
    this.#engine = this.#openEngine(built);
    return this.#engine;
  }

  #startActions(built: Promise<void> = Promise.resolve()): Promise<ActionThread> {
    this.#actions = this.#openActions(built);
    return this.#actions;
  }

  async #openEngine(built: Promise<void>): Promise<EngineThread> {
    const { dataFile, env } = this.#options;
    const file = new URL("./engine-worker.ts", import.meta.url);
    const engine: EngineThread = new Thread(
      { file, workerData: { dataFile }, env, patience: ENGINE_PATIENCE_MS },
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

  async #openActions(built: Promise<void>): Promise<ActionThread> {
    const { env } = this.#options;
    const file = new URL("./action-worker.ts", import.meta.url);
    const actions: ActionThread = new Thread(
      { file, workerData: {}, env, patience: ACTION_PATIENCE_MS },
      this.#threadListener(() => this.#startActions()),
    );
    try {
      await Promise.all([actions.started, built]);
      if (this.#build) await actions.request({ type: "load", build: this.#build.build });
      return actions;
    } catch (error) {
      await actions.terminate();
      throw error;
    }
  }

  /** @throws Error saying why these functions are not taken */
  async #load(engine: EngineThread, build: Build): Promise<void> {
    const { ts, providers, problems } = await engine.request({ type: "load", build });
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
        this.#options.log("The functions' thread was ended: it did not answer. It is started again.");
        restart().catch((error: unknown) => {
          if (!this.#closed)
            this.#options.log(`The functions' thread could not be started again: ${textOf(error)}`);
        });
      },
    };
  }
}

function closed(): CallRefused {
  return new CallRefused("restarted", "The backend is closed.");
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
