/** What a function read, as ranges of index keys: whoever writes a key inside one of them makes its result stale. */
import type { Key } from "../values/key.ts";
import type { Index } from "./catalog.ts";

/** Keys from `low` up to, not including, `high`. */
export type Range = { index: Index; low: Key; high: Key };

export class ReadSet {
  readonly #ranges: Range[] = [];
  readonly #points = new Set<string>();

  /** A range that the caller may still widen while it reads on. */
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
