/**
 * Benchmark of the worker's CPU time for 500 data points: JSON of `/api/v1/metrics` compared with OpenTelemetry in
 * both encodings, as the SDK writes it. Convex is answered inside the worker.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { ensureBuild } from "../../local/launch/build.ts";
import { load, quantile } from "./load.ts";
import { compatibilityDateIn, modulesIn, shuffled, sorted, startMosaic } from "./page.ts";
import { startWorkerd } from "./workerd.ts";

const POINTS = 500;
const SERIES = 50;
const ROUNDS = 12;
const WINDOW_MS = 1_500;
const WARM_MS = 400;
const AT_ONCE = 4;
const LIMIT = 2;

const ROWS = {
  metrics: "POST /api/v1/metrics, JSON",
  protobuf: "POST /api/v1/otlp/v1/metrics, protobuf",
  json: "POST /api/v1/otlp/v1/metrics, JSON",
};
type Name = keyof typeof ROWS;
const NAMES = Object.keys(ROWS) as Name[];

export async function benchOtlp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-bench-"));
  const closing: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const build = join(folder, "build");
    await ensureBuild({
      root: process.cwd(),
      copyTo: build,
      signal: AbortSignal.timeout(300_000),
      log: () => undefined,
    });
    const { app, key, variables, answerOf } = await startMosaic(folder, closing);
    const bodies = await sent();
    const askedFor = (name: Name) => ({ method: "POST", body: bodies[name], headers: headersOf(name, key) });
    const asked = { metrics: askedFor("metrics"), protobuf: askedFor("protobuf"), json: askedFor("json") };
    const first = await fetch(app.url + pathOf("metrics"), asked.metrics as RequestInit);
    if (first.status !== 202) throw new Error(`sending metrics answered ${first.status}`);
    const server = await startWorkerd(folder, "near", {
      modules: modulesIn(folder, build),
      compatibilityDate: compatibilityDateIn(build),
      variables,
      isApp: true,
      near: { "metrics:ingest": answerOf("metrics:ingest") },
    });
    closing.push(server.close);
    const costs: Record<Name, number[]> = { metrics: [], protobuf: [], json: [] };
    for (let round = -1; round < ROUNDS; round++) {
      for (const name of shuffled(NAMES)) {
        const url = server.url + pathOf(name);
        await load(url, { milliseconds: WARM_MS, atOnce: AT_ONCE, ...asked[name] });
        const before = server.cpuSeconds();
        const { answered } = await load(url, { milliseconds: WINDOW_MS, atOnce: AT_ONCE, ...asked[name] });
        if (round >= 0) costs[name].push(((server.cpuSeconds() - before) * 1000) / answered); // round -1 warms up
      }
    }
    print(costs, bodies);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const pathOf = (name: Name) => (name === "metrics" ? "/api/v1/metrics" : "/api/v1/otlp/v1/metrics");

const headersOf = (name: Name, key: string) => ({
  authorization: `Bearer ${key}`,
  "content-type": name === "protobuf" ? "application/x-protobuf" : "application/json",
});

/** Returns the same 500 points in all three forms. */
async function sent(): Promise<Record<Name, string | Uint8Array>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 });
  const resource = resourceFromAttributes({ "service.name": "harbour", "host.name": "harbour-1" });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const counter = provider.getMeter("bench").createCounter("claude_code.token.usage");
  const models = Array.from({ length: POINTS }, (_, i) => `model ${i % SERIES}`);
  for (const [i, model] of models.entries()) {
    counter.add(i, { model, type: "input", "session.id": `6f0c2bb2-0000-4000-8000-${i}` });
  }
  await reader.forceFlush();
  const [metrics] = exporter.getMetrics();
  await provider.shutdown();
  if (metrics === undefined) throw new Error("the SDK collected nothing");
  const at = Date.now();
  const items = models.map((model, value) => ({
    agent: "harbour",
    name: `claude_code.token.usage{model=${model},type=input}`,
    ...{ kind: "counter", value, at },
  }));
  return {
    metrics: JSON.stringify({ metrics: items }),
    protobuf: ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array,
    json: JsonMetricsSerializer.serializeRequest(metrics) as Uint8Array,
  };
}

function print(costs: Record<Name, number[]>, bodies: Record<Name, string | Uint8Array>): void {
  process.stdout.write(`CPU per request with ${POINTS} points on bare workerd:\n`);
  for (const name of NAMES) {
    const [low, half, high] = [0, 0.5, 1].map((share) => quantile(sorted(costs[name]), share).toFixed(2));
    const bytes = Buffer.byteLength(bodies[name]);
    const times = quantile(sorted(costs[name].map((cost, i) => cost / (costs.metrics[i] ?? 0))), 0.5);
    process.stdout.write(
      `  ${ROWS[name].padEnd(48)} ${half} ms (${low} to ${high}), ${bytes} bytes, ${times.toFixed(2)} times, at most ${LIMIT}\n`,
    );
  }
}
