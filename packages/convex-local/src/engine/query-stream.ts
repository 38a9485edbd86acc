/** A query being read: entries of one source, through its filters and limits, as many as the function asks for. */
import type { Document } from "../values/document.ts";
import { afterKey, type Key } from "../values/key.ts";
import { compileExpression, type Expression } from "./expression.ts";
import type { Range } from "./read-set.ts";
import type { Reader } from "./reader.ts";
import type { KeyRange, QueryOperator } from "./source.ts";
import type { Entry } from "./store.ts";

const FIRST_BATCH = 32;
const LARGEST_BATCH = 512;

type Step = { filter: Expression } | { left: number };

/** Entries of a key range one by one; what was handed out so far is what counts as read. */
export class RangeCursor {
  readonly range: KeyRange;
  readonly #reader: Reader;
  readonly #read: Range;
  #buffer: Entry[] = [];
  #at = 0;
  #batch: number;
  #version = -1;
  #exhausted = false;
  /** Where the next entry is looked for: the open end of what was read. */
  #low: Key;
  #high: Key;

  /** @param expected how many entries will be asked for, where that is known */
  constructor(reader: Reader, range: KeyRange, expected = FIRST_BATCH) {
    this.range = range;
    this.#reader = reader;
    this.#low = range.low;
    this.#high = range.high;
    this.#batch = Math.min(Math.max(expected, 1), LARGEST_BATCH);
    const start = range.order === "asc" ? range.low : range.high;
    this.#read = reader.reads.open(range.index, start, start);
    reader.countRange();
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
    this.#reader.countRead(entry.document);
    return entry;
  }

  /** Whether there is another entry. That it is there, or not, counts as read. */
  hasMore(): boolean {
    const entry = this.#peek();
    if (!entry) return false;
    if (this.range.order === "asc") this.#read.high = afterKey(entry.key);
    else this.#read.low = entry.key;
    return true;
  }

  /** The next entry without taking it. At the range's end the whole range counts as read. */
  #peek(): Entry | null {
    if (this.#version !== this.#reader.version) {
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

/** A source of entries, whatever finds them. */
export type EntrySource = { next(): Entry | null };

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

/** @throws Error when the filter yields something that is no boolean. */
export function passesFilter(filter: Expression, document: Document): boolean {
  const result = filter(document.value as Parameters<Expression>[0]);
  if (typeof result !== "boolean") throw new Error("A filter must yield a boolean.");
  return result;
}

/** How many entries a query will read at most, where no filter makes that unknown. */
export function expectedEntries(operators: readonly QueryOperator[]): number | undefined {
  let expected: number | undefined;
  for (const operator of operators) {
    if ("filter" in operator) return undefined;
    expected = Math.min(expected ?? operator.limit, operator.limit);
  }
  return expected;
}
