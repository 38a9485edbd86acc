/** Parses and validates a batch of metrics before it is sent to Convex. */
import { toHex } from "../../convex/model/hex.ts";
import { type MetricIssue, metricIssues } from "../../convex/model/metricRules.ts";
import { readAtMost } from "../request/body-limit.ts";

/** The contract's body limit, in bytes. */
export const MAX_BATCH_BYTES = 256 * 1024;

const MAX_IDEMPOTENCY_KEY = 255;

/** A valid batch. */
export type Batch = {
  metrics: { agent: string; name: string; value: number; at?: number }[];
  idempotencyKey?: string;
  /** SHA-256 of the body, in hex. */
  bodyHash: string;
};

export type BatchResult =
  | { kind: "batch"; batch: Batch }
  | { kind: "unsupported" }
  | { kind: "too_large" }
  | { kind: "invalid"; issues: MetricIssue[] };

const invalid = (message: string): BatchResult => ({ kind: "invalid", issues: [{ index: null, message }] });

/** Returns the SHA-256 hash in hex. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return toHex(new Uint8Array(digest));
}

async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_BATCH_BYTES) return null;
  return request.body === null ? new Uint8Array() : readAtMost(request.body, MAX_BATCH_BYTES);
}

/**
 * Reads a batch from a request.
 *
 * @param now - The current time, Unix ms.
 * @returns The batch, or the first problem in the contract's order: type, size, content.
 */
export async function readBatch(request: Request, now: number): Promise<BatchResult> {
  const type = request.headers.get("Content-Type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") return { kind: "unsupported" };
  const bytes = await readBody(request);
  if (bytes === null) return { kind: "too_large" };
  const idempotencyKey = request.headers.get("Idempotency-Key") ?? undefined;
  if (idempotencyKey !== undefined && !isIdempotencyKey(idempotencyKey)) {
    return invalid(`Idempotency-Key must have 1 to ${MAX_IDEMPOTENCY_KEY} characters`);
  }
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return invalid("the body must be JSON in UTF-8");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return invalid('the body must be an object such as {"metrics":[…]}');
  }
  const { metrics } = body as { metrics?: unknown };
  const issues = metricIssues(metrics, now);
  if (issues.length > 0) return { kind: "invalid", issues };
  return {
    kind: "batch",
    batch: {
      metrics: (metrics as Batch["metrics"]).map(({ agent, name, value, at }) => ({
        agent,
        name,
        value,
        ...(at === undefined ? {} : { at }),
      })),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      bodyHash: await sha256(bytes),
    },
  };
}

function isIdempotencyKey(key: string): boolean {
  return key.length >= 1 && key.length <= MAX_IDEMPOTENCY_KEY;
}
