/** Read set of a function: ranges of index keys. A write inside one of them makes its result stale. */
import type { Key } from "../values/key.ts";
import type { Index } from "./catalog.ts";

/** Keys from `low` up to, not including, `high`. */
export type Range = { index: Index; low: Key; high: Key };

/** Collects the ranges that a function reads. */
export class ReadSet {
  readonly #ranges: Range[] = [];
  readonly #points = new Set<string>();
  /** Ranges of new documents, which do not count. */
  #derived = 0;
  /** With fewer ranges, `size` need not be computed again to know that a limit is not exceeded. */
  #recheckAt = 0;
  /** The limit that `#recheckAt` is for. */
  #limit = 0;

  /** An upper bound of `size` that costs nothing. */
  get atMost(): number {
    return this.#ranges.length - this.#derived;
  }

  /** The number of ranges that do not touch each other, as Convex counts them. */
  get size(): number {
    return this.ranges().length - this.#derived;
  }

  /** Returns whether `size` exceeds a limit. Cheap until it may. */
  exceeds(limit: number): boolean {
    if (limit !== this.#limit) this.#recheckAt = 0;
    this.#limit = limit;
    const count = this.#ranges.length;
    if (this.atMost <= limit || count < this.#recheckAt) return false;
    const { size } = this;
    const empty = count - this.#ranges.filter(notEmpty).length;
    this.#recheckAt = count + Math.max(1, limit - size - empty);
    return size > limit;
  }

  /** Adds a range that the caller widens while it reads. */
  open(index: Index, low: Key, high: Key): Range {
    const range = { index, low, high };
    this.#ranges.push(range);
    return range;
  }

  /** @returns Whether the range is new. */
  add(index: Index, low: Key, high: Key): boolean {
    const point = `${index.id}\n${low}\n${high}`;
    if (this.#points.has(point)) return false;
    this.#points.add(point);
    this.#ranges.push({ index, low, high });
    return true;
  }

  /** Adds the range of a new document. Reading it later does not count. */
  derive(index: Index, low: Key, high: Key): void {
    if (this.add(index, low, high)) this.#derived++;
  }

  /** Returns the ranges, with those that touch merged. */
  ranges(): Range[] {
    const merged: Range[] = [];
    let last: Range | null = null;
    for (const { index, low, high } of this.#ranges.filter(notEmpty).sort(byIndexAndLow)) {
      if (last === null || last.index !== index || low > last.high) {
        last = { index, low, high };
        merged.push(last);
      } else if (high > last.high) last.high = high;
    }
    return merged;
  }
}

function notEmpty({ low, high }: Range): boolean {
  return low < high;
}

function byIndexAndLow(a: Range, b: Range): number {
  return a.index.id - b.index.id || (a.low < b.low ? -1 : a.low > b.low ? 1 : 0);
}
