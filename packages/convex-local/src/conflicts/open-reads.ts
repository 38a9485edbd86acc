/** What mutations have read that are not committed yet. A commit that writes into it makes them conflict. */
import type { Range } from "../engine/read-set.ts";
import { SubscriptionIndex, type WrittenKey } from "../engine/subscription-index.ts";

/** The first write into what a mutation had read. */
export type Conflict = {
  table: string;
  document: string;
  /** The function that wrote, or null if the backend itself did. */
  writer: string | null;
};

/** Reads of one mutation until `close`. */
export type OpenRead = { close(): Conflict | null };

/** Finds conflicts while mutations are open, so that no commit has to be kept for them. */
export class OpenReads {
  readonly #index = new SubscriptionIndex();
  readonly #conflicts = new Map<number, Conflict | null>();
  #nextId = 1;

  /** Watches these ranges from now on. */
  open(ranges: readonly Range[]): OpenRead {
    const id = this.#nextId++;
    this.#index.set(id, ranges);
    this.#conflicts.set(id, null);
    return {
      close: () => {
        const conflict = this.#conflicts.get(id) ?? null;
        this.#index.delete(id);
        this.#conflicts.delete(id);
        return conflict;
      },
    };
  }

  /** Notes the keys that a commit wrote. */
  note(written: readonly WrittenKey[], writer: string | null): void {
    if (this.#conflicts.size === 0) return;
    for (const key of written) {
      for (const id of this.#index.touchedBy([key])) {
        if (this.#conflicts.get(id) === null)
          this.#conflicts.set(id, { table: key.index.table.name, document: key.id, writer });
      }
    }
  }

  /** Makes every open mutation run again, because the schema has changed. */
  interrupt(): void {
    for (const [id, conflict] of this.#conflicts) {
      this.#conflicts.set(id, conflict ?? { table: "_tables", document: "", writer: null });
    }
  }
}
