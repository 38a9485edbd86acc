/** Reads a query entry by entry: from its source, through its filters and limits. */
import type { Document } from "../values/document.ts";
import { afterKey, type Key } from "../values/key.ts";
import { compileExpression, type Expression } from "./expression.ts";
import type { Range } from "./read-set.ts";
import type { Reader } from "./reader.ts";
import type { KeyRange, QueryOperator } from "./source.ts";
import type { Entry } from "./store.ts";

const FIRST_BATCH = 32;
const LARGEST_BATCH = 512;
/** Entries to fetch after a write, which makes fetched ones outdated: a loop often writes after each entry. */
const BATCH_AFTER_WRITE = 2;

type Step = { filter: Expression } | { left: number };

/** Reads a key range entry by entry. Only the part up to the last returned entry counts as read. */
export class RangeCursor {
  readonly range: KeyRange;
  readonly #reader: Reader;
  readonly #read: Range;
  #buffer: Entry[] = [];
  #at = 0;
  #batch: number;
  #version = -1;
  #exhausted = false;
  /** Bounds of the part that is not read yet. */
  #low: Key;
  #high: Key;

  /**
   * @param reader - The snapshot.
   * @param range - The range to read.
   * @param expected - The number of entries that will be read, if known.
   */
  constructor(reader: Reader, range: KeyRange, expected = FIRST_BATCH) {
    this.range = range;
    this.#reader = reader;
    this.#low = range.low;
    this.#high = range.high;
    this.#batch = Math.min(Math.max(expected, 1), LARGEST_BATCH);
    const start = range.order === "asc" ? range.low : range.high;
    this.#read = reader.reads.open(range.index, start, start);
  }

  next(): Entry | null {
    const entry = this.#peek();
    if (!entry) return null;
    this.#at++;
    if (this.range.order === "asc") {
      this.#low = afterKey(entry.key);
      this.#read.high = this.#low;
    } else {
      this.#high = entry.key;
      this.#read.low = entry.key;
    }
    this.#reader.usage.checkRanges();
    this.#reader.usage.read(this.range.index.table, entry.document);
    return entry;
  }

  /** Returns whether there is another entry. Its existence counts as read. */
  hasMore(): boolean {
    const entry = this.#peek();
    if (!entry) return false;
    if (this.range.order === "asc") this.#read.high = afterKey(entry.key);
    else this.#read.low = entry.key;
    return true;
  }

  /** Returns the next entry without consuming it. At the end, the whole range counts as read. */
  #peek(): Entry | null {
    if (this.#version !== this.#reader.version) {
      if (this.#buffer.length > 0) this.#batch = BATCH_AFTER_WRITE;
      this.#buffer = [];
      this.#at = 0;
      this.#exhausted = false;
      this.#version = this.#reader.version;
    }
    if (this.#at === this.#buffer.length && !this.#exhausted) this.#fetch();
    const entry = this.#buffer[this.#at];
    if (entry) return entry;
    if (this.range.order === "asc") this.#read.high = this.range.high;
    else this.#read.low = this.range.low;
    this.#reader.usage.checkRanges();
    return null;
  }

  #fetch(): void {
    const { index, order } = this.range;
    this.#buffer = this.#reader.scan(index, this.#low, this.#high, order, this.#batch);
    this.#at = 0;
    this.#exhausted = this.#buffer.length < this.#batch;
    this.#batch = Math.min(this.#batch * 2, LARGEST_BATCH);
  }
}

/** A source of entries: a range or a search. */
export type EntrySource = { next(): Entry | null };

/** A query that is being read. */
export class QueryStream {
  readonly #source: EntrySource;
  readonly #steps: Step[];

  constructor(source: EntrySource, operators: readonly QueryOperator[]) {
    this.#source = source;
    this.#steps = operators.map((operator) =>
      "limit" in operator ? { left: operator.limit } : { filter: compileExpression(operator.filter) },
    );
  }

  next(): Document | null {
    for (;;) {
      if (this.#steps.some((step) => "left" in step && step.left <= 0)) return null;
      const entry = this.#source.next();
      if (!entry) return null;
      if (this.#passes(entry.document)) return entry.document;
    }
  }

  #passes(document: Document): boolean {
    for (const step of this.#steps) {
      if ("left" in step) step.left--;
      else if (!passesFilter(step.filter, document)) return false;
    }
    return true;
  }
}

/**
 * Returns whether a document passes a filter.
 *
 * @throws {Error} when the filter does not yield a boolean.
 */
export function passesFilter(filter: Expression, document: Document): boolean {
  const result = filter(document.value);
  if (typeof result !== "boolean") throw new Error("A filter must yield a boolean.");
  return result;
}

/** Returns the largest number of entries that a query reads, or undefined if it has a filter. */
export function expectedEntries(operators: readonly QueryOperator[]): number | undefined {
  let expected: number | undefined;
  for (const operator of operators) {
    if ("filter" in operator) return undefined;
    expected = Math.min(expected ?? operator.limit, operator.limit);
  }
  return expected;
}
