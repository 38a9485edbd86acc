/**
 * Convex's limits, with the numbers of its backend (get-convex/convex-backend, `crates/common/src/knobs.rs`,
 * `document.rs`, `schemas/mod.rs` and `crates/value`).
 */
export const LIMITS = {
  documentBytes: 1 << 20,
  documentNesting: 16,
  /** Nesting and size of any value: arguments, results, documents before they are written. */
  nesting: 64,
  valueBytes: 1 << 25,
  arrayItems: 8192,
  objectFields: 1024,
  fieldNameLength: 1024,
  identifierLength: 64,
  argumentBytes: 1 << 24,
  resultBytes: 1 << 24,
  documentsRead: 32_000,
  bytesRead: 1 << 24,
  documentsWritten: 16_000,
  bytesWritten: 1 << 24,
  indexRanges: 4096,
  functionsScheduled: 1000,
  scheduledBytes: 1 << 24,
  /** Only warned about, as in Convex. */
  scheduledArgumentBytes: 1 << 22,
  transactionMs: 1000,
  memoryBytes: 1 << 26,
  tables: 10_000,
  indexesPerTable: 64,
  indexFields: 16,
  filterFields: 16,
  leastDimensions: 2,
  mostDimensions: 4096,
  logLines: 256,
} as const;

/** Limits of one transaction, under the names of `transactionLimits`. */
export const TRANSACTION_LIMITS = {
  bytesRead: LIMITS.bytesRead,
  bytesWritten: LIMITS.bytesWritten,
  databaseQueries: LIMITS.indexRanges,
  documentsRead: LIMITS.documentsRead,
  documentsWritten: LIMITS.documentsWritten,
  functionsScheduled: LIMITS.functionsScheduled,
  scheduledFunctionArgsBytes: LIMITS.scheduledBytes,
};

export type TransactionLimits = { [name in keyof typeof TRANSACTION_LIMITS]: number };

/** The share of a limit above which a call is warned about. */
export const WARNING_RATIO = 0.8;

export const OVER_LIMIT_HELP =
  "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.";

export const TIMED_OUT = "Function execution timed out (maximum duration: 1s)";
export const OUT_OF_MEMORY = "JavaScript execution ran out of memory (maximum memory usage: 64 MB)";

/** A limit was exceeded. Functions can catch it, as in Convex. */
export class LimitError extends Error {
  override name = "Error";
}

/** Returns a size in binary units with two decimals, or none for a whole number: `1 MiB`, `1.25 KiB`. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = "B";
  for (const larger of ["KiB", "MiB", "GiB"]) {
    if (size < 1024) break;
    size /= 1024;
    unit = larger;
  }
  return `${Number.isInteger(size) ? size : size.toFixed(2)} ${unit}`;
}
