/** Warnings of a call that came close to a limit, in Convex's words. */
import { LIMITS, OVER_LIMIT_HELP, WARNING_RATIO } from "./limits.ts";
import type { Usage } from "./usage.ts";

/** Sizes and time of one call. A size far below its limit is 0, because it is not computed. */
export type Measures = { argumentBytes: number; resultBytes: number; userMs: number };

/** Returns one line for each limit of which the call used more than 80 %, but not more than the limit. */
export function warningsOf(usage: Usage, { argumentBytes, resultBytes, userMs }: Measures): string[] {
  if (!isNearAnyLimit(usage, { argumentBytes, resultBytes, userMs })) return [];
  const { largestDocument, deepestDocument } = usage;
  const warnings: string[] = [];
  const note = (what: string, actual: number, limit: number, unit = "", help = ""): void => {
    if (actual <= Math.floor(WARNING_RATIO * limit) || actual > limit) return;
    warnings.push(
      `${what} (actual: ${actual}${unit}, limit: ${limit}${unit}).${help === "" ? "" : ` ${help}`}`,
    );
  };
  note("Large size of the function arguments", argumentBytes, LIMITS.argumentBytes, " bytes");
  note(
    "Many documents read in a single function execution",
    usage.documentsRead,
    LIMITS.documentsRead,
    "",
    OVER_LIMIT_HELP,
  );
  note("Many reads in a single function execution", usage.ranges, LIMITS.indexRanges, "", OVER_LIMIT_HELP);
  note(
    "Many bytes read in a single function execution",
    usage.bytesRead,
    LIMITS.bytesRead,
    " bytes",
    OVER_LIMIT_HELP,
  );
  note("Many writes in a single function execution", usage.documentsWritten, LIMITS.documentsWritten);
  note(
    "Many bytes written in a single function execution",
    usage.bytesWritten,
    LIMITS.bytesWritten,
    " bytes",
  );
  note("Many functions scheduled by this mutation", usage.scheduled, LIMITS.functionsScheduled);
  note(
    "Large total size of the arguments of scheduled functions from this mutation",
    usage.scheduledBytes,
    LIMITS.scheduledBytes,
    " bytes",
  );
  noteScheduledArguments(usage.largestScheduledBytes, warnings);
  note(
    `Large document written with ID "${largestDocument.id}"`,
    largestDocument.value,
    LIMITS.documentBytes,
    " bytes",
  );
  note(
    `Deeply nested document written with ID "${deepestDocument.id}"`,
    deepestDocument.value,
    LIMITS.documentNesting,
    " levels",
  );
  note("Large size of the function return value", resultBytes, LIMITS.resultBytes, " bytes");
  if (userMs > WARNING_RATIO * LIMITS.transactionMs && userMs <= LIMITS.transactionMs) {
    warnings.push(
      `Function execution took a long time. (maximum duration: ${LIMITS.transactionMs / 1000}s, actual duration: ${userMs.toFixed(0)}ms).`,
    );
  }
  return warnings;
}

/** Returns whether a call may have used more than 80 % of a limit. Most calls are far below all of them. */
function isNearAnyLimit(usage: Usage, { argumentBytes, resultBytes, userMs }: Measures): boolean {
  return (
    argumentBytes > WARNING_RATIO * LIMITS.argumentBytes ||
    resultBytes > WARNING_RATIO * LIMITS.resultBytes ||
    userMs > WARNING_RATIO * LIMITS.transactionMs ||
    usage.documentsRead > WARNING_RATIO * LIMITS.documentsRead ||
    usage.bytesRead > WARNING_RATIO * LIMITS.bytesRead ||
    usage.rangesAtMost > WARNING_RATIO * LIMITS.indexRanges ||
    usage.documentsWritten > WARNING_RATIO * LIMITS.documentsWritten ||
    usage.bytesWritten > WARNING_RATIO * LIMITS.bytesWritten ||
    usage.scheduled > WARNING_RATIO * LIMITS.functionsScheduled ||
    usage.scheduledBytes > WARNING_RATIO * LIMITS.scheduledBytes ||
    usage.largestScheduledBytes > WARNING_RATIO * LIMITS.scheduledArgumentBytes ||
    usage.largestDocument.value > WARNING_RATIO * LIMITS.documentBytes ||
    usage.deepestDocument.value > Math.floor(WARNING_RATIO * LIMITS.documentNesting)
  );
}

/** Convex does not enforce this limit yet, and warns also above it. */
function noteScheduledArguments(actual: number, warnings: string[]): void {
  const limit = LIMITS.scheduledArgumentBytes;
  if (actual <= Math.floor(WARNING_RATIO * limit)) return;
  const what = "Large arguments for a single scheduled function from this mutation";
  const over = actual > limit ? `${what}. This will become a hard error in the future` : what;
  warnings.push(`${over} (actual: ${actual} bytes, limit: ${limit} bytes).`);
}
