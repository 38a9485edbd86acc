/** What token refreshes cost: the queries that ran again for them, and those that the cache answered. */
import type { RefreshCost, TokenRefreshes } from "../backend.ts";

/** Counts since the start. */
export class RefreshCosts {
  readonly #byPath = new Map<string, RefreshCost>();
  #refreshes = 0;

  /** Notes that a client sent another token. */
  refreshed(): void {
    this.#refreshes++;
  }

  /** Notes what happened to one of its queries. */
  note(path: string, how: "ran" | "cached"): void {
    let cost = this.#byPath.get(path);
    if (!cost) {
      cost = { path, ran: 0, cached: 0 };
      this.#byPath.set(path, cost);
    }
    cost[how]++;
  }

  list(): TokenRefreshes {
    const queries = [...this.#byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { refreshes: this.#refreshes, queries };
  }
}
