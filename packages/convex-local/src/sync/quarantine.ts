/**
 * Queries that ran into their time limit.
 *
 * Each such run costs the worker thread its life, and its restart asks for every query to be run again: so one that
 * loops for ever is left alone for a while, longer each time, and then waits for something to have changed.
 */
import type { SubscriptionId } from "../backend.ts";

const FIRST_MS = 2_000;
const LONGEST_MS = 5 * 60_000;

type Held =
  | { state: "held"; timer: NodeJS.Timeout; changed: boolean }
  | { state: "waiting" }
  | { state: "tried" };
type Entry = { rounds: number; held: Held };

export class Quarantine {
  readonly #entries = new Map<SubscriptionId, Entry>();
  readonly #retry: (id: SubscriptionId) => void;

  /** @param retry called when a query may be run once more. */
  constructor(retry: (id: SubscriptionId) => void) {
    this.#retry = retry;
  }

  /** Whether the query is to be left alone now. */
  has(id: SubscriptionId): boolean {
    const held = this.#entries.get(id)?.held;
    return held !== undefined && held.state !== "tried";
  }

  add(id: SubscriptionId): void {
    const rounds = (this.#entries.get(id)?.rounds ?? 0) + 1;
    this.forget(id);
    const timer = setTimeout(() => this.#end(id), Math.min(FIRST_MS * 2 ** (rounds - 1), LONGEST_MS));
    timer.unref();
    this.#entries.set(id, { rounds, held: { state: "held", timer, changed: false } });
  }

  /** Functions or data changed. */
  hear(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.held.state === "held") entry.held.changed = true;
      else if (entry.held.state === "waiting") this.#try(id, entry);
    }
  }

  /** The query was answered, or nobody asks for it any more. */
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
