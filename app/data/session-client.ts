/** Convex client of one session. Its authentication starts once and ends when the client is closed. */
import type { BaseConvexClient, BaseConvexClientOptions, ConnectionState, QueryToken } from "convex/browser";
import type { AuthTokenFetcher, WatchQueryOptions } from "convex/react";
import { type ArgsAndOptions, getFunctionName } from "convex/server";
import { type LiveClient, NOT_CONNECTED } from "./live-client.ts";
import { untilLoaded } from "./pause.ts";
import { resultOf } from "./use-live-query.ts";

/** Retry interval after Convex rejected a token that the worker had issued. */
const REAUTHENTICATE_MS = 10_000;

type Stop = () => void;

/**
 * Like `ConvexReactClient`, with two differences. The code that keeps the connection is loaded on first use, so that a
 * page is hydrated before it has arrived; until then, calls wait in order. And `ConvexProviderWithAuth` signs its
 * client out when it unmounts, but here another provider may take the client over, such as that of an error page, and
 * pending mutations must not be sent without authentication between the two.
 */
export class SessionClient implements LiveClient {
  readonly #url: string;
  readonly #options: BaseConvexClientOptions;
  #sync: BaseConvexClient | null = null;
  /** Calls that wait for the code to load; null before the first. */
  #calls: ((sync: BaseConvexClient) => void)[] | null = null;
  #waitingMutations = 0;
  readonly #listeners = new Map<QueryToken, Set<() => void>>();
  #provider: { onChange: (isAuthenticated: boolean) => void; onRefreshChange: (is: boolean) => void } | null =
    null;
  #isAuthenticated: boolean | null = null;
  #isStarted = false;
  #isClosed = false;

  constructor(url: string, options: BaseConvexClientOptions) {
    this.#url = url;
    this.#options = options;
  }

  setAuth(
    fetchToken: AuthTokenFetcher,
    onChange: (isAuthenticated: boolean) => void = () => {},
    onRefreshChange: (isRefreshing: boolean) => void = () => {},
  ): void {
    this.#provider = { onChange, onRefreshChange };
    if (this.#isAuthenticated !== null) onChange(this.#isAuthenticated);
    if (!this.#isStarted) this.#authenticate(fetchToken);
  }

  clearAuth(): void {
    this.#provider = null;
  }

  readonly watchQuery: LiveClient["watchQuery"] = (query, ...[args, options]) => {
    const name = getFunctionName(query);
    return {
      onUpdate: (listener) => {
        let stop: Stop | null = null;
        const cancel = this.#withSync((sync) => {
          const { queryToken, unsubscribe } = sync.subscribe(name, args, options);
          const listeners = this.#listeners.get(queryToken) ?? new Set();
          // A new function for each subscription, because two may share a listener.
          const call = () => listener();
          this.#listeners.set(queryToken, listeners.add(call));
          stop = () => {
            if (this.#isClosed || !listeners.delete(call)) return;
            if (listeners.size === 0) this.#listeners.delete(queryToken);
            unsubscribe();
          };
        });
        return () => (stop ?? cancel)();
      },
      localQueryResult: () => this.#sync?.localQueryResult(name, args),
      journal: () => this.#sync?.queryJournal(name, args),
    };
  };

  readonly query: LiveClient["query"] = (query, ...[args]) => {
    const watch = this.watchQuery(query, ...([args] as ArgsAndOptions<typeof query, WatchQueryOptions>));
    const known = watch.localQueryResult();
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const stop = watch.onUpdate(() => {
        stop();
        const { value, error } = resultOf(watch);
        if (value === undefined) reject(error);
        else resolve(value);
      });
    });
  };

  readonly mutation: LiveClient["mutation"] = (mutation, ...[args, options]) => {
    if (this.#sync === null) this.#waitingMutations += 1;
    return new Promise((resolve, reject) => {
      this.#withSync((sync) => {
        void sync.mutation(getFunctionName(mutation), args, options).then(resolve, reject);
      });
    });
  };

  connectionState(): ConnectionState {
    return this.#sync?.connectionState() ?? { ...NOT_CONNECTED, inflightMutations: this.#waitingMutations };
  }

  subscribeToConnectionState(listener: (state: ConnectionState) => void): Stop {
    let stop: Stop | null = null;
    const cancel = this.#withSync((sync) => {
      stop = sync.subscribeToConnectionState(listener);
    });
    return () => (stop ?? cancel)();
  }

  async close(): Promise<void> {
    const sync = this.#sync;
    this.#isClosed = true;
    this.#sync = null;
    this.#calls = [];
    this.#listeners.clear();
    await sync?.close();
  }

  /**
   * Calls a function with the client, as soon as its code is loaded.
   *
   * @returns A function that cancels the call if it has not been made yet.
   */
  #withSync(call: (sync: BaseConvexClient) => void): Stop {
    if (this.#sync !== null) {
      call(this.#sync);
      return () => {};
    }
    if (this.#calls === null) {
      this.#calls = [];
      void this.#open();
    }
    this.#calls.push(call);
    return () => {
      this.#calls = (this.#calls ?? []).filter((other) => other !== call);
    };
  }

  async #open(): Promise<void> {
    const { BaseConvexClient } = await untilLoaded(() => import("./convex-sync.ts"));
    if (this.#isClosed) return;
    const sync = new BaseConvexClient(this.#url, (changed) => this.#tell(changed), this.#options);
    this.#sync = sync;
    this.#waitingMutations = 0;
    for (const call of this.#calls?.splice(0) ?? []) call(sync);
  }

  #tell(changed: QueryToken[]): void {
    for (const token of changed) for (const listener of this.#listeners.get(token) ?? []) listener();
  }

  #authenticate(fetchToken: AuthTokenFetcher): void {
    this.#isStarted = true;
    this.#withSync((sync) => {
      sync.setAuth(
        fetchToken,
        (isAuthenticated) => {
          if (this.#isClosed) return;
          this.#isAuthenticated = isAuthenticated;
          this.#provider?.onChange(isAuthenticated);
          if (!isAuthenticated)
            setTimeout(() => this.#isClosed || this.#authenticate(fetchToken), REAUTHENTICATE_MS);
        },
        (isRefreshing) => this.#provider?.onRefreshChange(isRefreshing),
      );
    });
  }
}
