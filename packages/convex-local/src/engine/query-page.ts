/**
 * `paginate`: one page of a query. A cursor is a position in the index and not a count, so pages stay stable while
 * documents are added and removed. It also contains a fingerprint of its query, because it is invalid in any other.
 */
import { createHash } from "node:crypto";
import { LIMITS, LimitError } from "../limits/limits.ts";
import type { Document } from "../values/document.ts";
import { afterKey, type Key, keyFromBytes, keyToBytes } from "../values/key.ts";
import { compileExpression } from "./expression.ts";
import { passesFilter, RangeCursor } from "./query-stream.ts";
import type { Reader } from "./reader.ts";
import type { KeyRange, QueryOperator } from "./source.ts";
import type { Entry } from "./store.ts";

/** Convex's cursor for the position after the last entry. */
export const END = "_end_cursor";

export type PageRequest = {
  cursor: string | null;
  endCursor: string | null;
  pageSize: number;
  maximumRowsRead?: number | null;
  maximumBytesRead?: number | null;
};

export type Page = {
  page: Document[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: "SplitRecommended" | "SplitRequired" | null;
};

/**
 * Reads one page.
 *
 * @throws {Error} (`InvalidCursor`) when a cursor is malformed or belongs to another query.
 * @throws {LimitError} when the page is too large, or its first entry exceeds a limit.
 */
export function readPage(
  reader: Reader,
  range: KeyRange,
  operators: readonly QueryOperator[],
  request: PageRequest,
): Page {
  const filters = operators.flatMap((operator) =>
    "filter" in operator ? [compileExpression(operator.filter)] : [],
  );
  const fingerprint = fingerprintOf(range, operators);
  const { cursor, endCursor, pageSize } = request;
  if (pageSize > LIMITS.documentsRead) throw new LimitError(`Requested too many items: ${pageSize}`);
  const bounded = endCursor !== null;
  const part = restrict(range, positionOf(cursor, fingerprint), positionOf(endCursor, fingerprint));
  const entries = new RangeCursor(reader, part, filters.length === 0 && !bounded ? pageSize + 1 : undefined);
  const page: Document[] = [];
  const read: Key[] = [];
  let bytes = 0;
  let stopped = false;
  let split: Page["pageStatus"] = null;
  while (bounded || page.length < pageSize) {
    // A page with a fixed end is read as a whole.
    if (!bounded && isFull(request, read.length, bytes) && entries.hasMore()) {
      split = "SplitRequired";
      stopped = true;
      break;
    }
    let entry: Entry | null;
    try {
      entry = entries.next();
    } catch (error) {
      // A page that exceeds a limit of the transaction ends before it. The client splits it in two.
      if (!(error instanceof LimitError) || read.length === 0) throw error;
      split = "SplitRequired";
      stopped = true;
      break;
    }
    if (!entry) break;
    read.push(entry.key);
    bytes += entry.document.size;
    if (filters.every((filter) => passesFilter(filter, entry.document))) page.push(entry.document);
  }
  if (!bounded && !stopped) stopped = pageSize === 0 ? true : page.length >= pageSize && entries.hasMore();
  const last = read.at(-1);
  let continueCursor: string = END;
  if (stopped)
    continueCursor =
      last === undefined
        ? (cursor ?? encodeCursor(range.order === "asc" ? range.low : range.high, fingerprint))
        : encodeCursor(last, fingerprint);
  else if (bounded) continueCursor = endCursor;
  if (split === null && isLarge(request, read.length, bytes, page.length)) split = "SplitRecommended";
  const middle = read[Math.floor(read.length / 2)];
  const splitCursor = read.length > 2 && middle !== undefined ? encodeCursor(middle, fingerprint) : null;
  return { page, isDone: continueCursor === END, continueCursor, splitCursor, pageStatus: split };
}

/** Returns whether a page has read as much as the caller allows. */
function isFull({ maximumRowsRead, maximumBytesRead }: PageRequest, rows: number, bytes: number): boolean {
  return rows >= (maximumRowsRead ?? Infinity) || bytes >= (maximumBytesRead ?? Infinity);
}

/** Returns whether a page uses more than three quarters of a limit. */
function isLarge(request: PageRequest, rows: number, bytes: number, documents: number): boolean {
  const mostRows = Math.min(request.maximumRowsRead ?? LIMITS.documentsRead, LIMITS.documentsRead);
  const mostBytes = Math.min(request.maximumBytesRead ?? LIMITS.bytesRead, LIMITS.bytesRead);
  return rows > 0.75 * mostRows || bytes > 0.75 * mostBytes || documents > 0.75 * LIMITS.arrayItems;
}

type Position = { key: Key } | "end" | null;

/** Returns the part of a range after the position `from`, up to and including the position `to`. */
function restrict(range: KeyRange, from: Position, to: Position): KeyRange {
  let { low, high } = range;
  if (range.order === "asc") {
    if (from === "end") low = high;
    else if (from) low = maximum(low, afterKey(from.key));
    if (to !== null && to !== "end") high = minimum(high, afterKey(to.key));
  } else {
    if (from === "end") high = low;
    else if (from) high = minimum(high, from.key);
    if (to !== null && to !== "end") low = maximum(low, to.key);
  }
  return { ...range, low, high };
}

function positionOf(cursor: string | null, fingerprint: string): Position {
  if (cursor === null) return null;
  if (cursor === END) return "end";
  const [text, key] = cursor.split(".");
  if (text !== fingerprint || key === undefined) {
    throw invalidCursor();
  }
  return { key: keyFromBytes(Buffer.from(key, "base64url")) };
}

/** Returns the error of a cursor that is malformed or belongs to another query. */
export function invalidCursor(): Error {
  return new Error(
    "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this query has changed or the cursor is malformed.",
  );
}

function encodeCursor(key: Key, fingerprint: string): string {
  return `${fingerprint}.${keyToBytes(key).toString("base64url")}`;
}

function fingerprintOf({ index, low, high, order }: KeyRange, operators: readonly QueryOperator[]): string {
  const text = JSON.stringify([index.table.name, index.name, index.fields, low, high, order, operators]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 11);
}

function maximum(a: Key, b: Key): Key {
  return a > b ? a : b;
}

function minimum(a: Key, b: Key): Key {
  return a < b ? a : b;
}
