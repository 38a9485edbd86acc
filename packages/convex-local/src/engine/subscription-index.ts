/** Index of what each subscription read. Finds the subscriptions that a commit makes stale. */
import type { Key } from "../values/key.ts";
import type { Index } from "./catalog.ts";
import { type Interval, IntervalTree } from "./interval-tree.ts";
import type { Range } from "./read-set.ts";

/** A key that a commit wrote or deleted, and the id of its document. */
export type WrittenKey = { index: Index; key: Key; id: string };

/** Key ranges of all subscriptions. */
export class SubscriptionIndex {
  readonly #trees = new Map<number, IntervalTree<number>>();
  readonly #held = new Map<number, { index: number; interval: Interval<number> }[]>();

  /** Replaces the ranges of a subscription with those of its newest run. */
  set(id: number, ranges: readonly Range[]): void {
    this.delete(id);
    this.#held.set(
      id,
      ranges.map(({ index, low, high }) => {
        let tree = this.#trees.get(index.id);
        if (!tree) {
          tree = new IntervalTree();
          this.#trees.set(index.id, tree);
        }
        return { index: index.id, interval: tree.add(low, high, id) };
      }),
    );
  }

  delete(id: number): void {
    for (const { index, interval } of this.#held.get(id) ?? []) {
      const tree = this.#trees.get(index);
      tree?.remove(interval);
      if (tree?.size === 0) this.#trees.delete(index);
    }
    this.#held.delete(id);
  }

  /** Returns the subscriptions that read any of these keys. */
  touchedBy(keys: readonly WrittenKey[]): Set<number> {
    const touched = new Set<number>();
    for (const { index, key } of keys) {
      this.#trees.get(index.id)?.forEachAt(key, (id) => touched.add(id));
    }
    return touched;
  }
}
