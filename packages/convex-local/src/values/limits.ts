/** Convex's limits of documents, values and transactions (docs.convex.dev/production/state/limits). */
import { getConvexSize, type Value } from "convex/values";

export const LIMITS = {
  documentBytes: 1 << 20,
  nesting: 64,
  arrayItems: 8192,
  objectFields: 1024,
  fieldNameLength: 1024,
  argumentBytes: 16 << 20,
  resultBytes: 16 << 20,
  documentsRead: 32_000,
  bytesRead: 16 << 20,
  documentsWritten: 16_000,
  bytesWritten: 16 << 20,
  indexRanges: 4096,
  functionsScheduled: 1000,
} as const;

/** @throws {Error} when the value is nested too deeply, or has too many items or fields. */
function checkShape(value: Value | undefined, depth = 0): void {
  if (value === null || typeof value !== "object" || value instanceof ArrayBuffer) return;
  if (depth >= LIMITS.nesting) {
    throw new Error(`Value is too deeply nested (maximum nesting ${LIMITS.nesting}).`);
  }
  if (Array.isArray(value)) {
    if (value.length > LIMITS.arrayItems) {
      throw new Error(`Array length is too long (${value.length} > maximum length ${LIMITS.arrayItems}).`);
    }
    for (const item of value) checkShape(item, depth + 1);
    return;
  }
  const fields = Object.entries(value);
  if (fields.length > LIMITS.objectFields) {
    throw new Error(`Object has too many fields (${fields.length} > maximum number ${LIMITS.objectFields}).`);
  }
  for (const [, item] of fields) checkShape(item, depth + 1);
}

/** @throws {Error} when a document is too large, or has a field name that is reserved. */
export function checkDocument(value: { [field: string]: Value | undefined }): void {
  checkShape(value);
  for (const field of Object.keys(value)) {
    if (field.startsWith("_") && field !== "_id" && field !== "_creationTime") {
      throw new Error(
        `Field '${field}' starts with an underscore, which is only allowed for system fields like '_id'.`,
      );
    }
  }
  const size = getConvexSize(value);
  if (size > LIMITS.documentBytes) {
    throw new Error(
      `Value is too large (${formatBytes(size)} > maximum size ${formatBytes(LIMITS.documentBytes)}).`,
    );
  }
}

/** @throws {Error} when the arguments of a call are too large. */
export function checkArguments(path: string, json: string): void {
  if (json.length > LIMITS.argumentBytes) {
    throw new Error(
      `Arguments for ${path} are too large (${formatBytes(json.length)} > limit ${formatBytes(LIMITS.argumentBytes)}).`,
    );
  }
}

/** @throws {Error} when the result of a function is too large. */
export function checkResult(path: string, json: string): void {
  if (json.length > LIMITS.resultBytes) {
    throw new Error(
      `Function ${path} return value is too large (${formatBytes(json.length)} > limit ${formatBytes(LIMITS.resultBytes)}).`,
    );
  }
}

function formatBytes(bytes: number): string {
  return bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(2)} MiB` : `${(bytes / 1024).toFixed(2)} KiB`;
}
