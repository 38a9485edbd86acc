/** Demo agent that sends through OpenTelemetry, as an SDK does: cumulative sums and a histogram, as OTLP JSON. */
import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "./send.ts";

/** A service that exports metrics, and how often, in seconds. */
export type OtelService = { service: string; every: number };

const TIMEOUT_MS = 10_000;
const BOUNDS = [256, 1024, 4096, 16_384];
const CUMULATIVE = 2;

/** Sums since the service started. */
export class OtelCounts {
  readonly #service: string;
  readonly #startedAt: number;
  #cost = 0;
  #tokens = { input: 0, output: 0 };
  #sizes = { count: 0, sum: 0, buckets: new Array<number>(BOUNDS.length + 1).fill(0) };

  /** @param startedAt - Unix ms. */
  constructor(service: string, startedAt: number) {
    this.#service = service;
    this.#startedAt = startedAt;
  }

  /** Counts one request to a model. */
  add(input: number, output: number): void {
    this.#tokens.input += input;
    this.#tokens.output += output;
    this.#cost += (input * 3 + output * 15) / 1e6;
    this.#sizes.count += 1;
    this.#sizes.sum += input;
    const bucket = BOUNDS.findIndex((bound) => input <= bound);
    const index = bucket === -1 ? BOUNDS.length : bucket;
    this.#sizes.buckets[index] = (this.#sizes.buckets[index] ?? 0) + 1;
  }

  /**
   * Returns the body of an export.
   *
   * @param now - Unix ms.
   */
  exportAt(now: number): object {
    const time = { startTimeUnixNano: nanos(this.#startedAt), timeUnixNano: nanos(now) };
    const sum = (name: string, unit: string, dataPoints: object[]) => ({
      ...{ name, unit },
      sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints },
    });
    const tokens = Object.entries(this.#tokens).map(([type, value]) => ({
      ...time,
      asInt: String(value),
      attributes: [attribute("type", type), attribute("model", "demo-large")],
    }));
    const { count, buckets } = this.#sizes;
    return {
      resourceMetrics: [
        {
          resource: { attributes: [attribute("service.name", this.#service)] },
          scopeMetrics: [
            {
              scope: { name: "mosaic.demo" },
              metrics: [
                sum("token.usage", "tokens", tokens),
                sum("cost.usage", "USD", [{ ...time, asDouble: this.#cost }]),
                {
                  name: "gen_ai.client.token.usage",
                  unit: "{token}",
                  histogram: {
                    aggregationTemporality: CUMULATIVE,
                    dataPoints: [
                      {
                        ...time,
                        count: String(count),
                        sum: this.#sizes.sum,
                        explicitBounds: BOUNDS,
                        bucketCounts: buckets.map(String),
                        attributes: [attribute("gen_ai.token.type", "input")],
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    };
  }
}

function attribute(key: string, stringValue: string) {
  return { key, value: { stringValue } };
}

/** Returns nanoseconds as OTLP JSON writes 64-bit integers. */
function nanos(ms: number): string {
  return `${ms}000000`;
}

/** Exports until the signal aborts. Like an SDK, it drops an export that failed: the next one has the sums. */
export async function keepExporting(
  { url, key }: Target,
  { service, every }: OtelService,
  signal: AbortSignal,
): Promise<void> {
  const counts = new OtelCounts(service, Date.now());
  while (!signal.aborted) {
    const requests = 1 + Math.floor(Math.random() * 3);
    for (let i = 0; i < requests; i++) {
      counts.add(Math.round(400 + Math.random() * 9_000), Math.round(50 + Math.random() * 900));
    }
    try {
      const response = await fetch(`${url}/api/v1/otlp/v1/metrics`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify(counts.exportAt(Date.now())),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      if (response.status === 401) return;
    } catch {
      // Unreachable: the next export has the sums.
    }
    await pause(every * 1000, undefined, { signal }).catch(() => undefined);
  }
}
