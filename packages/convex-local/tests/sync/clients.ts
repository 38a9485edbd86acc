/** The published client in Node, on a real socket. It is closed at the end of the test. */
import { BaseConvexClient, type BaseConvexClientOptions, type ConnectionState } from "convex/browser";
import type { Value } from "convex/values";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { isObject } from "../../src/values/document.ts";

/** The WebSocket of ws. It differs from the DOM's type only in members that the client does not use. */
export const webSocketConstructor = WebSocket as unknown as typeof globalThis.WebSocket;

type Args = Record<string, Value>;

/** One client, such as a browser tab. */
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

  /** Subscribes to a query and records all of its values. */
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

  /** Waits for a condition on the client's state. */
  async until(condition: () => boolean, what = "the condition"): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Timed out waiting for ${what}.`));
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

/** A query with its values, oldest first. */
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
    tab.onChange(() => this.#record());
    this.#record();
  }

  get value(): Value | undefined {
    return this.values.at(-1);
  }

  /** Returns the current value. Throws if the query failed. */
  read(): Value | undefined {
    return this.#tab.client.localQueryResult(this.#name, this.#args);
  }

  async shows(expected: Value): Promise<void> {
    const wanted = JSON.stringify(expected);
    await this.#tab.until(
      () => {
        this.#record();
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

  #record(): void {
    let value: Value | undefined;
    try {
      value = this.read();
    } catch {
      return;
    }
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(this.value)) this.values.push(value);
  }
}

/** Returns the documents of a page, or nothing while the query has no value. */
export function rowsIn(value: Value | undefined): Record<string, Value | undefined>[] {
  const page = isObject(value) ? value.page : undefined;
  return Array.isArray(page) ? page.filter(isObject) : [];
}
