/** Client of the ingestion API: sends metrics in batches, with an API key and retries. */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Metric } from "./figures.ts";
import type { Status } from "./states.ts";

export type Target = { url: string; key: string };

/** The API's limit for one request. */
const BATCH = 500;
const TRIES = 5;
const TIMEOUT_MS = 10_000;

/** The server rejected the metrics for good: the API key or the metrics are invalid. */
export class RejectedMetricsError extends Error {
  override readonly name = "RejectedMetricsError";
}

/**
 * Sends all metrics and statuses. Retries use the same idempotency key, so each batch is stored once.
 *
 * @throws {RejectedMetricsError} when the server rejects them for good.
 * @throws {Error} when all retries failed.
 */
export async function send(
  target: Target,
  metrics: readonly Metric[],
  signal: AbortSignal,
  statuses: readonly Status[] = [],
): Promise<void> {
  const items = [...metrics.map((metric) => ({ metric })), ...statuses.map((status) => ({ status }))];
  for (let start = 0; start < items.length; start += BATCH) {
    const batch = items.slice(start, start + BATCH);
    await sendBatch(target, signal, {
      metrics: batch.flatMap((item) => ("metric" in item ? [item.metric] : [])),
      statuses: batch.flatMap((item) => ("status" in item ? [item.status] : [])),
    });
  }
}

async function sendBatch(
  { url, key }: Target,
  signal: AbortSignal,
  batch: { metrics: Metric[]; statuses: Status[] },
): Promise<void> {
  const request = {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
    },
    body: JSON.stringify(batch),
  };
  let last = "nothing answered";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await pause(2 ** attempt * 250, undefined, { signal });
    const answer = await ask(`${url}/api/v1/metrics`, request, signal);
    if (answer === null) continue;
    if (answer.status === 202) return;
    if (answer.status !== 429 && answer.status < 500)
      throw new RejectedMetricsError(`The server refused the metrics (${answer.status}): ${answer.text}`);
    await pause(answer.waitSeconds * 1000, undefined, { signal });
    last = `the server answered ${answer.status}`;
  }
  throw new Error(`Could not send the metrics: ${last}.`);
}

async function ask(url: string, request: RequestInit, signal: AbortSignal) {
  try {
    const response = await fetch(url, {
      ...request,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    // With status 429 or 503, the server says when to retry.
    const waitSeconds = Number(response.headers.get("retry-after")) || 0;
    return { status: response.status, waitSeconds, text: await response.text() };
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
