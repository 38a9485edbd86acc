/**
 * What one transaction has used of Convex's limits. Counts as Convex does: documents by their Convex size, ranges of
 * the read set that do not touch, and nothing for reads and writes of system tables.
 */
import type { Table } from "../engine/catalog.ts";
import type { ReadSet } from "../engine/read-set.ts";
import type { Document } from "../values/document.ts";
import { formatBytes, LIMITS, LimitError, OVER_LIMIT_HELP } from "./limits.ts";

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

  /** @throws {LimitError} when the transaction reads too many index ranges. */
  checkRanges(): void {
    if (this.#reads.exceeds(LIMITS.indexRanges)) {
      throw new LimitError(
        `Too many reads in a single function execution (limit: ${LIMITS.indexRanges}). ${OVER_LIMIT_HELP}`,
      );
    }
  }

  /** @throws {LimitError} when the transaction reads too many documents or bytes. */
  read(table: Table, document: Document): void {
    if (table.system) return;
    this.documentsRead++;
    this.bytesRead += document.size;
    if (this.documentsRead > LIMITS.documentsRead) {
      throw new LimitError(
        `Too many documents read in a single function execution (limit: ${LIMITS.documentsRead}). ${OVER_LIMIT_HELP}`,
      );
    }
    if (this.bytesRead > LIMITS.bytesRead) {
      throw new LimitError(
        `Too many bytes read in a single function execution (limit: ${LIMITS.bytesRead} bytes). ${OVER_LIMIT_HELP}`,
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
    if (this.documentsWritten > LIMITS.documentsWritten) {
      throw new LimitError(
        `Too many writes in a single function execution (limit: ${LIMITS.documentsWritten})`,
      );
    }
    if (this.bytesWritten > LIMITS.bytesWritten) {
      throw new LimitError(
        `Too many bytes written in a single function execution (limit: ${formatBytes(LIMITS.bytesWritten)})`,
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
    if (this.scheduled >= LIMITS.functionsScheduled) {
      throw new LimitError(
        `Too many functions scheduled by this mutation (limit: ${LIMITS.functionsScheduled})`,
      );
    }
    if (this.scheduledBytes + size > LIMITS.scheduledBytes) {
      throw new LimitError(
        `Too large total size of the arguments of scheduled functions from this mutation (limit: ${LIMITS.scheduledBytes} bytes)`,
      );
    }
    this.scheduled++;
    this.scheduledBytes += size;
    this.largestScheduledBytes = Math.max(this.largestScheduledBytes, size);
  }
}
