import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { describe, expect, it } from "vitest";
import { type Counted, type Found, OtlpError } from "./data.ts";
import * as json from "./json.ts";
import * as protobuf from "./protobuf.ts";

/** Returns what an SDK collected, with every type of metric. */
async function collected(temporality: AggregationTemporality) {
  const exporter = new InMemoryMetricExporter(temporality);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      "service.name": "scout",
      list: ["a", "b"],
      "process.pid": 2 ** 40,
      "is.it": true,
    }),
    readers: [reader],
    views: [{ instrumentName: "exponential", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter("library", "1.2");
  meter.createCounter("counter").add(3, { model: "größer", "user.id": "u" });
  meter.createCounter("counter").add(2.5, { nested: 1.5, on: false, count: -12 });
  meter.createUpDownCounter("upDown").add(-4);
  meter.createObservableGauge("gauge").addCallback((result) => result.observe(0.1));
  for (const value of [0.5, 7, 80_000]) meter.createHistogram("explicit").record(value);
  for (const value of [0, 1.5, 300]) meter.createHistogram("exponential").record(value);
  await reader.forceFlush();
  const [metrics] = exporter.getMetrics();
  await provider.shutdown();
  if (metrics === undefined) throw new Error("nothing was collected");
  return metrics;
}

const all = (found: Iterable<Found>) =>
  [...found].map(({ resource, scope, metric, read }) => ({ resource, scope, metric, point: read() }));

describe.each([
  ["delta", AggregationTemporality.DELTA],
  ["cumulative", AggregationTemporality.CUMULATIVE],
])("%s metrics of the SDK", (_, temporality) => {
  it("are the same in both encodings", async () => {
    const metrics = await collected(temporality);
    const inJson = all(json.metricsIn(JsonMetricsSerializer.serializeRequest(metrics) as Uint8Array));
    const inProtobuf = all(
      protobuf.metricsIn(ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array),
    );
    const types = new Set(inJson.map(({ metric }) => metric.type));
    expect([...types].sort()).toEqual(["exponentialHistogram", "gauge", "histogram", "sum"]);
    expect(inProtobuf.map(comparable)).toEqual(inJson.map(comparable));
    expect(inJson.find(({ metric }) => metric.name === "counter")).toMatchObject({
      scope: { name: "library", version: "1.2" },
      metric: { name: "counter", isMonotonic: true, temporality: temporality === 0 ? 1 : 2 },
      point: {
        value: 3,
        attributes: [
          ["model", "größer"],
          ["user.id", "u"],
        ],
      },
    });
  });
});

/** Leaves out what only identifies a stream: each encoding has its own text for it. */
function comparable({ resource, point, ...rest }: ReturnType<typeof all>[number]) {
  const simple = resource.filter(([key]) => key !== "list");
  const { scale = 0, zeroCount = 0, zeroThreshold = 0, ...values } = point;
  return { ...rest, resource: simple, point: { ...values, scale, zeroCount, zeroThreshold } };
}

it("reads the version of a scope without a name in both encodings", () => {
  const metrics = [{ gauge: { dataPoints: [{}] } }];
  const body = { resourceMetrics: [{ scopeMetrics: [{ scope: { version: "2" }, metrics }] }] };
  const expected = [{ scope: { name: "", version: "2", attributes: [] } }];
  expect(all(json.metricsIn(new TextEncoder().encode(JSON.stringify(body))))).toMatchObject(expected);
  // The scope is field 1, with its version in field 2; the metric is field 2, with one point in its gauge.
  const scopeMetrics = [0x0a, 3, 0x12, 1, 0x32, 0x12, 4, 0x2a, 2, 0x0a, 0];
  const request = Uint8Array.of(0x0a, scopeMetrics.length + 2, 0x12, scopeMetrics.length, ...scopeMetrics);
  expect(all(protobuf.metricsIn(request))).toMatchObject(expected);
});

it("reads the flags of a summary in both encodings", () => {
  const metrics = [{ summary: { dataPoints: [{ flags: 1 }] } }];
  const body = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
  const expected = [{ metric: { type: "summary" }, point: { flags: 1 } }];
  expect(all(json.metricsIn(new TextEncoder().encode(JSON.stringify(body))))).toMatchObject(expected);
  // A summary is field 11 of a metric; its point has the flags in field 8.
  const request = Uint8Array.of(0x0a, 10, 0x12, 8, 0x12, 6, 0x5a, 4, 0x0a, 2, 0x40, 1);
  expect(all(protobuf.metricsIn(request))).toMatchObject(expected);
});

it("ignores unknown fields of every wire type in protobuf", () => {
  // Field 99 as bytes, a number, and 4 and 8 fixed bytes.
  const unknown = [0x9a, 6, 1, 7, 0x98, 6, 7, 0x9d, 6, 1, 2, 3, 4, 0x99, 6, 1, 2, 3, 4, 5, 6, 7, 8];
  const nest = (tag: number, inner: number[]) => [tag, inner.length, ...inner];
  const value = [0x21, 0, 0, 0, 0, 0, 0, 4, 0x40]; // asDouble: 2.5
  const point = nest(0x0a, [...unknown, ...value]);
  const metric = [...nest(0x0a, [0x6d]), ...unknown, ...nest(0x2a, [...unknown, ...point])];
  const scope = nest(0x12, [...unknown, ...nest(0x12, metric)]);
  const body = [...unknown, ...nest(0x0a, scope)];
  expect(all(protobuf.metricsIn(Uint8Array.from(body)))).toMatchObject([
    { metric: { name: "m", type: "gauge" }, point: { value: 2.5, attributes: [] } },
  ]);
});

describe("a malformed body", () => {
  it("is rejected wherever it is cut, or read if the cut is between two messages", async () => {
    const body = ProtobufMetricsSerializer.serializeRequest(
      await collected(AggregationTemporality.DELTA),
    ) as Uint8Array;
    let rejected = 0;
    for (let length = 0; length < body.length; length++) {
      try {
        all(protobuf.metricsIn(body.subarray(0, length)));
      } catch (error) {
        expect(error).toBeInstanceOf(OtlpError);
        rejected += 1;
      }
    }
    expect(rejected).toBe(body.length - 1);
  });

  it("is rejected or read with any byte changed", async () => {
    const body = ProtobufMetricsSerializer.serializeRequest(
      await collected(AggregationTemporality.DELTA),
    ) as Uint8Array;
    for (let at = 0; at < body.length; at++) {
      for (const flip of [0x01, 0x07, 0x80, 0xff]) {
        const changed = body.slice();
        changed[at] = (changed[at] as number) ^ flip;
        try {
          all(protobuf.metricsIn(changed));
        } catch (error) {
          expect(error).toBeInstanceOf(OtlpError);
        }
      }
    }
  });

  it.each([
    ["[]"],
    ["7"],
    ["{"],
    ['{"resourceMetrics":{}}'],
    ['{"resourceMetrics":[1]}'],
    ['{"resourceMetrics":[{"resource":[]}]}'],
    ['{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":1,"gauge":{"dataPoints":[{}]}}]}]}]}'],
    ['{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"asDouble":"x"}]}}]}]}]}'],
    [
      '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"asInt":"constructor"}]}}]}]}]}',
    ],
    ['{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"timeUnixNano":{}}]}}]}]}]}'],
    [
      '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":[{"startTimeUnixNano":"NaN"}]}}]}]}]}',
    ],
    [
      `{"resourceMetrics":[{"resource":{"attributes":[{"key":"k","value":{"arrayValue":${"[".repeat(100_000)}${"]".repeat(100_000)}}}]},"scopeMetrics":[]}]}`,
    ],
    [`{"resourceMetrics":[{"resource":{"attributes":[${Array(1_001).fill('{"key":"k"}').join()}]}}]}`],
  ])("is rejected as JSON: %.60s", (body) => {
    expect(() => all(json.metricsIn(new TextEncoder().encode(body)))).toThrow(OtlpError);
  });

  it("of millions of empty messages is read within the memory of a worker", () => {
    // A request with 2 million resources, and a metric with a million data points, without content.
    const resources = new Uint8Array(4 * 1024 * 1024);
    for (let at = 0; at < resources.length; at += 2) resources[at] = 0x0a;
    expect(all(protobuf.metricsIn(resources))).toEqual([]);
    const points = new Uint8Array(2_000_000);
    for (let at = 0; at < points.length; at += 2) points[at] = 0x0a;
    const nest = (tag: number, inner: Uint8Array) => {
      const length: number[] = [];
      for (let rest = inner.length; ; rest >>>= 7) {
        length.push(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
      }
      const outer = new Uint8Array(1 + length.length + inner.length);
      outer.set([tag, ...length]);
      outer.set(inner, 1 + length.length);
      return outer;
    };
    const body = nest(0x0a, nest(0x12, nest(0x12, nest(0x2a, points))));
    let count = 0;
    for (const _ of protobuf.metricsIn(body)) count += 1;
    expect(count).toBe(1_000_000);
  });
});

describe("traces and logs", () => {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "scout" } }] };
  const counts = (found: Iterable<Counted>) => [...found].map(({ count }) => count);
  const bytes = (body: object) => new TextEncoder().encode(JSON.stringify(body));

  it("are counted in both encodings", () => {
    const traces = { resourceSpans: [{ resource, scopeSpans: [{ spans: [{}, {}] }, { spans: [{}] }] }] };
    expect(counts(json.countedIn(bytes(traces), "traces"))).toEqual([3]);
    const logs = { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{}] }] }] };
    expect(counts(json.countedIn(bytes(logs), "logs"))).toEqual([1]);
    // One resource with two scopes of one item each.
    const body = Uint8Array.of(0x0a, 12, 0x0a, 0, 0x12, 2, 0x12, 0, 0x12, 4, 0x0a, 0, 0x12, 0);
    expect(counts(protobuf.countedIn(body))).toEqual([2]);
  });
});
