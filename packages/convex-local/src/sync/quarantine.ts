/**
 * Queries that exceeded their time limit, with exponential backoff.
 *
 * Each such run ends the worker thread, and its restart runs every query again. A query that never ends is therefore
 * retried only after a growing delay, and only when functions or data have changed.
 */
import type { SubscriptionId } from "../backend.ts";

const FIRST_MS = 2_000;
const MAX_MS = 5 * 60_000;

type Held =
  | { state: "held"; timer: NodeJS.Timeout; changed: boolean }
  | { state: "waiting" }
  | { state: "tried" };
type Entry = { rounds: number; held: Held };

/** Delays queries that time out. */
export class Quarantine {
  readonly #entries = new Map<SubscriptionId, Entry>();
  readonly #retry: (id: SubscriptionId) => void;

  /** @param retry - Called when a query may run again. */
  constructor(retry: (id: SubscriptionId) => void) {
    this.#retry = retry;
  }

  /** Returns whether the query must not run now. */
  has(id: SubscriptionId): boolean {
    const held = this.#entries.get(id)?.held;
    return held !== undefined && held.state !== "tried";
  }

  add(id: SubscriptionId): void {
    const rounds = (this.#entries.get(id)?.rounds ?? 0) + 1;
    this.forget(id);
    const timer = setTimeout(() => this.#end(id), Math.min(FIRST_MS * 2 ** (rounds - 1), MAX_MS));
    timer.unref();
    this.#entries.set(id, { rounds, held: { state: "held", timer, changed: false } });
  }

  /** Notes that functions or data have changed. */
  noteChange(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.held.state === "held") entry.held.changed = true;
      else if (entry.held.state === "waiting") this.#try(id, entry);
    }
  }

  /** Removes a query that was answered or is no longer subscribed to. */
  forget(id: SubscriptionId): void {
    const held = this.#entries.get(id)?.held;
    if (held?.state === "held") clearTimeout(held.timer);
    this.#entries.delete(id);
  }

  close(): void {
    for (const id of [...this.#entries.keys()]) this.forget(id);
  }

  #end(id: SubscriptionId): void {
    const entry = this.#entries.get(id);
    if (entry?.held.state !== "held") return;
    if (entry.held.changed) this.#try(id, entry);
    else entry.held = { state: "waiting" };
  }

  #try(id: SubscriptionId, entry: Entry): void {
    entry.held = { state: "tried" };
    this.#retry(id);
  }
}
