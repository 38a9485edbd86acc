/**
 * What one transaction has used of Convex's limits. Counts as Convex does: documents by their Convex size, ranges of
 * the read set that do not touch, and nothing for reads and writes of system tables.
 */
import type { Table } from "../engine/catalog.ts";
import type { ReadSet } from "../engine/read-set.ts";
import type { Document } from "../values/document.ts";
import {
  formatBytes,
  LimitError,
  OVER_LIMIT_HELP,
  TRANSACTION_LIMITS,
  type TransactionLimits,
} from "./limits.ts";

type LimitName = keyof TransactionLimits;

const LIMIT_NAMES = Object.keys(TRANSACTION_LIMITS) as LimitName[];

/** The largest value of a measure among the documents that a transaction wrote. */
export type Largest = { id: string; value: number };

/** Counts what one transaction reads, writes and schedules. */
export class Usage {
  documentsRead = 0;
  bytesRead = 0;
  documentsWritten = 0;
  bytesWritten = 0;
  scheduled = 0;
  scheduledBytes = 0;
  largestScheduledBytes = 0;
  largestDocument: Largest = { id: "", value: 0 };
  deepestDocument: Largest = { id: "", value: 0 };
  /** Limits of the call that is running. */
  limits: Readonly<TransactionLimits> = TRANSACTION_LIMITS;
  readonly #reads: ReadSet;

  constructor(reads: ReadSet) {
    this.#reads = reads;
  }

  /** The number of separate index ranges read. */
  get ranges(): number {
    return this.#reads.size;
  }

  /** An upper bound of `ranges` that costs nothing. */
  get rangesAtMost(): number {
    return this.#reads.atMost;
  }

  /** Counts exactly, which takes some time. */
  get used(): TransactionLimits {
    return {
      bytesRead: this.bytesRead,
      bytesWritten: this.bytesWritten,
      databaseQueries: this.ranges,
      documentsRead: this.documentsRead,
      documentsWritten: this.documentsWritten,
      functionsScheduled: this.scheduled,
      scheduledFunctionArgsBytes: this.scheduledBytes,
    };
  }

  /** Returns what is used and what remains, as functions see it. */
  metrics(): { [name: string]: { used: number; remaining: number } } {
    const { used, limits } = this;
    const metric = (name: LimitName) => ({
      used: used[name],
      remaining: Math.max(0, limits[name] - used[name]),
    });
    return Object.fromEntries(LIMIT_NAMES.map((name) => [name, metric(name)]));
  }

  /**
   * Returns the limits of a nested call that may use this much more, and no more than the calls around it.
   *
   * @throws {Error} when a number is negative or has a fraction.
   */
  limitsWith(budget: Partial<TransactionLimits>): TransactionLimits {
    const limits = this.used;
    for (const name of LIMIT_NAMES) {
      const more = budget[name] ?? TRANSACTION_LIMITS[name];
      if (!Number.isInteger(more) || more < 0)
        throw new Error(`Invalid arguments for \`runUdf\`: ${invalid(more)}`);
      limits[name] = Math.min(limits[name] + more, this.limits[name]);
    }
    return limits;
  }

  /** @throws {LimitError} when the transaction reads too many index ranges. */
  checkRanges(): void {
    if (this.#reads.exceeds(this.limits.databaseQueries)) {
      throw new LimitError(
        `Too many reads in a single function execution (limit: ${this.limits.databaseQueries}). ${OVER_LIMIT_HELP}`,
      );
    }
  }

  /** @throws {LimitError} when the transaction reads too many documents or bytes. */
  read(table: Table, document: Document): void {
    if (table.system) return;
    this.documentsRead++;
    this.bytesRead += document.size;
    if (this.documentsRead > this.limits.documentsRead) {
      throw new LimitError(
        `Too many documents read in a single function execution (limit: ${this.limits.documentsRead}). ${OVER_LIMIT_HELP}`,
      );
    }
    if (this.bytesRead > this.limits.bytesRead) {
      throw new LimitError(
        `Too many bytes read in a single function execution (limit: ${this.limits.bytesRead} bytes). ${OVER_LIMIT_HELP}`,
      );
    }
  }

  /**
   * Counts a write.
   *
   * @param table - The table.
   * @param id - The id of the document.
   * @param size - The size of the new version in bytes, 0 for a deletion.
   * @param nesting - The nesting of the new version.
   * @throws {LimitError} when the transaction writes too many documents or bytes.
   */
  wrote(table: Table, id: string, size: number, nesting: number): void {
    if (table.system) return;
    this.documentsWritten++;
    this.bytesWritten += size;
    if (size > this.largestDocument.value) this.largestDocument = { id, value: size };
    if (nesting > this.deepestDocument.value) this.deepestDocument = { id, value: nesting };
    if (this.documentsWritten > this.limits.documentsWritten) {
      throw new LimitError(
        `Too many writes in a single function execution (limit: ${this.limits.documentsWritten})`,
      );
    }
    if (this.bytesWritten > this.limits.bytesWritten) {
      throw new LimitError(
        `Too many bytes written in a single function execution (limit: ${formatBytes(this.limits.bytesWritten)})`,
      );
    }
  }

  /**
   * Counts a function that is scheduled.
   *
   * @param size - The size of its arguments in bytes.
   * @throws {LimitError} when the transaction schedules too many functions, or too many bytes of arguments.
   */
  schedule(size: number): void {
    if (this.scheduled >= this.limits.functionsScheduled) {
      throw new LimitError(
        `Too many functions scheduled by this mutation (limit: ${this.limits.functionsScheduled})`,
      );
    }
    if (this.scheduledBytes + size > this.limits.scheduledFunctionArgsBytes) {
      throw new LimitError(
        `Too large total size of the arguments of scheduled functions from this mutation (limit: ${this.limits.scheduledFunctionArgsBytes} bytes)`,
      );
    }
    this.scheduled++;
    this.scheduledBytes += size;
    this.largestScheduledBytes = Math.max(this.largestScheduledBytes, size);
  }
}

/** Describes a wrong number as Convex's JSON parser does. */
function invalid(count: number): string {
  return Number.isInteger(count)
    ? `invalid value: integer \`${count}\`, expected usize`
    : `invalid type: floating point \`${count}\`, expected usize`;
}
