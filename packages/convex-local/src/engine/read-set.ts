/** Read set of a function: ranges of index keys. A write inside one of them makes its result stale. */
import type { Key } from "../values/key.ts";
import type { Index } from "./catalog.ts";

/** Keys from `low` up to, not including, `high`. */
export type Range = { index: Index; low: Key; high: Key };

/** Collects the ranges that a function reads. */
export class ReadSet {
  readonly #ranges: Range[] = [];
  readonly #points = new Set<string>();

  /** Adds a range that the caller widens while it reads. */
  open(index: Index, low: Key, high: Key): Range {
    const range = { index, low, high };
    this.#ranges.push(range);
    return range;
  }

  add(index: Index, low: Key, high: Key): void {
    const point = `${index.id}\n${low}\n${high}`;
    if (this.#points.has(point)) return;
    this.#points.add(point);
    this.#ranges.push({ index, low, high });
  }

  ranges(): Range[] {
    return this.#ranges.filter((range) => range.low < range.high);
  }
}
