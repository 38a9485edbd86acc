/** The published client as the tests use it: in Node, on a real socket, silent, and closed with the test. */
import { BaseConvexClient, type BaseConvexClientOptions, type ConnectionState } from "convex/browser";
import type { Value } from "convex/values";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

/** What the package's type asks of a constructor is what ws gives, but for names that nobody here uses. */
const webSocketConstructor = WebSocket as unknown as NonNullable<
  BaseConvexClientOptions["webSocketConstructor"]
>;

type Args = Record<string, Value>;

/** One tab. */
export class Tab {
  readonly client: BaseConvexClient;
  #listeners = new Set<() => void>();

  constructor(url: string, options: BaseConvexClientOptions = {}) {
    this.client = new BaseConvexClient(url, () => this.#changed(), {
      webSocketConstructor,
      unsavedChangesWarning: false,
      logger: false,
      ...options,
    });
    this.client.subscribeToConnectionState(() => this.#changed());
    onTestFinished(() => this.client.close());
  }

  /** Every value that a query has had, oldest first; from the moment of the call on. */
  watch(name: string, args: Args = {}): Watched {
    const { unsubscribe } = this.client.subscribe(name, args);
    return new Watched(this, name, args, unsubscribe);
  }

  mutation(name: string, args: Args = {}): Promise<Value> {
    return this.client.mutation(name, args);
  }

  connection(): ConnectionState {
    return this.client.connectionState();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for something that the client knows. */
  async until(condition: () => boolean, what = "the condition"): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`${what} did not come about`));
      }, 10_000);
      const stop = this.onChange(() => {
        if (!condition()) return;
        clearTimeout(timer);
        stop();
        resolve();
      });
    });
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

export class Watched {
  readonly values: Value[] = [];
  readonly #tab: Tab;
  readonly #name: string;
  readonly #args: Args;
  readonly stop: () => void;

  constructor(tab: Tab, name: string, args: Args, unsubscribe: () => void) {
    this.#tab = tab;
    this.#name = name;
    this.#args = args;
    this.stop = unsubscribe;
    tab.onChange(() => this.#look());
    this.#look();
  }

  get value(): Value | undefined {
    return this.values.at(-1);
  }

  /** Throws what the query threw. */
  read(): Value | undefined {
    return this.#tab.client.localQueryResult(this.#name, this.#args);
  }

  async shows(expected: Value): Promise<void> {
    const wanted = JSON.stringify(expected);
    await this.#tab.until(
      () => {
        this.#look();
        return JSON.stringify(this.value ?? null) === wanted && this.values.length > 0;
      },
      `${this.#name} showing ${wanted} (it shows ${JSON.stringify(this.value)})`,
    );
  }

  async fails(): Promise<string> {
    let message = "";
    await this.#tab.until(() => {
      try {
        this.read();
      } catch (error) {
        message = error instanceof Error ? error.message : String(error);
      }
      return message !== "";
    }, `${this.#name} failing`);
    return message;
  }

  #look(): void {
    let value: Value | undefined;
    try {
      value = this.read();
    } catch {
      return;
    }
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(this.value)) this.values.push(value);
  }
}
