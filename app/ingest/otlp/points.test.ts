import { describe, expect, it } from "vitest";
import { metricsIn } from "./json.ts";
import { keyedHash } from "./keyed-hash.ts";
import { pointsOf } from "./points.ts";

const now = Date.now();
const nanos = (at: number) => `${at}000000`;
const hash = keyedHash(new Uint8Array(16));

const attributes = (values: Record<string, unknown>) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "object" ? value : { stringValue: value },
  }));

/** Returns a body with one metric. */
const bodyOf = (metric: object, resource: Record<string, unknown> = { "service.name": "scout" }) => ({
  resourceMetrics: [
    {
      resource: { attributes: attributes(resource) },
      scopeMetrics: [{ metrics: [{ name: "m", ...metric }] }],
    },
  ],
});

function read(body: object) {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return pointsOf(metricsIn(bytes), hash, now);
}

const at = { timeUnixNano: nanos(now), startTimeUnixNano: nanos(now - 1000) };
const DELTA = 1;
const CUMULATIVE = 2;

const sum = (temporality: unknown, isMonotonic: boolean, ...dataPoints: object[]) =>
  bodyOf({ sum: { aggregationTemporality: temporality, isMonotonic, dataPoints } });
const gauge = (...dataPoints: object[]) => bodyOf({ gauge: { dataPoints } });
const histogram = (temporality: number, ...dataPoints: object[]) =>
  bodyOf({ histogram: { aggregationTemporality: temporality, dataPoints } });
const exponential = (temporality: number, ...dataPoints: object[]) =>
  bodyOf({ exponentialHistogram: { aggregationTemporality: temporality, dataPoints } });

/** Returns what the points of a body say, without their names. */
const said = (body: object) => read(body).points.map((point) => point.said);

/** Returns why points of a body were rejected, and checks that all were. */
function rejected(body: object): string[] {
  const { points, rejections } = read(body);
  expect(points).toEqual([]);
  return [...rejections.keys()];
}

describe("the reading of a data point", () => {
  it("is a gauge, a counter, or the total of a cumulative stream", () => {
    expect(said(gauge({ ...at, asDouble: 1.5 }))).toEqual([{ kind: "gauge", value: 1.5 }]);
    expect(said(gauge({ ...at, asInt: "-7" }))).toEqual([{ kind: "gauge", value: -7 }]);
    expect(said(sum(DELTA, true, { ...at, asInt: 3 }))).toEqual([{ kind: "counter", value: 3 }]);
    expect(said(sum(CUMULATIVE, false, { ...at, asDouble: -2 }))).toEqual([{ kind: "gauge", value: -2 }]);
    expect(said(sum(CUMULATIVE, true, { ...at, asDouble: 9 }))).toEqual([
      {
        kind: "counter",
        stream: {
          id: expect.stringMatching(/^[0-9a-f]{16}$/),
          start: now - 1000,
          at: now,
          total: { sum: 9 },
        },
      },
    ]);
  });

  it("is the summary of a delta histogram, with its own bounds or those of its buckets", () => {
    const point = {
      ...at,
      count: "4",
      sum: 40,
      bucketCounts: ["0", "1", "3", 0],
      explicitBounds: [1, 5, 50],
    };
    expect(said(histogram(DELTA, point))).toEqual([
      { kind: "histogram", summary: { count: 4, sum: 40, min: 1, max: 50 } },
    ]);
    expect(said(histogram(DELTA, { ...point, min: 2, max: 30 }))).toEqual([
      { kind: "histogram", summary: { count: 4, sum: 40, min: 2, max: 30 } },
    ]);
    const open = { ...at, count: "2", sum: 5, bucketCounts: ["1", "1"], explicitBounds: [3] };
    expect(said(histogram(DELTA, open))).toEqual([
      { kind: "histogram", summary: { count: 2, sum: 5, min: 2.5, max: 3 } },
    ]);
    expect(said(histogram(DELTA, { ...at, count: "2", sum: 5 }))).toEqual([
      { kind: "histogram", summary: { count: 2, sum: 5, min: 2.5, max: 2.5 } },
    ]);
    expect(said(histogram(DELTA, { ...at, count: "0", sum: 0 }))).toEqual([]);
  });

  it("has the bounds of an exponential histogram, with negative values and zeros", () => {
    const point = {
      ...at,
      ...{ count: 5, sum: 1, scale: 1, zeroCount: 1 },
      positive: { offset: 2, bucketCounts: ["2"] },
      negative: { offset: -2, bucketCounts: ["1", "1"] },
    };
    expect(said(exponential(DELTA, point))).toEqual([
      { kind: "histogram", summary: { count: 5, sum: 1, min: -1, max: 2 ** 1.5 } },
    ]);
    // A scale of 0 is left out by protobuf.
    const { scale: _, ...unscaled } = { ...point, negative: undefined };
    expect(said(exponential(DELTA, unscaled))).toEqual([
      { kind: "histogram", summary: { count: 5, sum: 1, min: 0, max: 8 } },
    ]);
  });

  it("merges a million buckets until they fit", () => {
    const counts = Array.from({ length: 1_000_000 }, (_, i) => (i === 500_000 ? 1 : 0));
    const point = { ...at, count: 1, sum: 7, scale: 20, positive: { offset: 0, bucketCounts: counts } };
    const [only] = said(exponential(CUMULATIVE, point));
    const total = only !== undefined && "stream" in only ? only.stream.total : undefined;
    const distribution = total?.distribution;
    if (distribution === undefined || "bounds" in distribution) throw new Error("no exponential buckets");
    expect(distribution.positive.counts.length).toBeLessThanOrEqual(320);
    const bucket = distribution.positive.counts.indexOf(1);
    const lower = 2 ** (bucket * 2 ** -distribution.scale);
    expect(lower).toBeLessThanOrEqual(2 ** (500_000 * 2 ** -20));
    const explicit = Array.from({ length: 999_999 }, (_, i) => i);
    const wide = { ...at, count: 1, sum: 7, bucketCounts: counts, explicitBounds: explicit };
    const [wideOnly] = said(histogram(CUMULATIVE, wide));
    const wideTotal = wideOnly !== undefined && "stream" in wideOnly ? wideOnly.stream.total : undefined;
    if (wideTotal?.distribution === undefined || !("bounds" in wideTotal.distribution))
      throw new Error("none");
    const { bounds, counts: kept } = wideTotal.distribution;
    expect(kept).toHaveLength(bounds.length + 1);
    const filled = kept.indexOf(1);
    expect(bounds[filled - 1]).toBeLessThan(500_000);
    expect(bounds[filled]).toBeGreaterThanOrEqual(499_999);
  });

  it("merges points of one time series and time: gauges keep the last, others add up", () => {
    const user = (id: string) => ({ attributes: attributes({ "user.id": id }) });
    const both = [
      { ...at, asDouble: 1, ...user("a") },
      { ...at, asDouble: 2, ...user("b") },
    ];
    expect(said(gauge(...both))).toEqual([{ kind: "gauge", value: 2 }]);
    expect(said(sum(DELTA, true, ...both))).toEqual([{ kind: "counter", value: 3 }]);
    expect(said(sum(CUMULATIVE, false, ...both))).toEqual([{ kind: "gauge", value: 3 }]);
    const ids = said(sum(CUMULATIVE, true, ...both)).map((one) => ("stream" in one ? one.stream.id : null));
    expect(new Set(ids).size).toBe(2);
    const delta = histogram(DELTA, ...both.map((point, i) => ({ ...point, count: 1, sum: i })));
    expect(said(delta)).toEqual([{ kind: "histogram", summary: { count: 2, sum: 1, min: 0, max: 1 } }]);
  });

  it("has the time of arrival without a time, and is nothing without a recorded value", () => {
    expect(read(gauge({ asDouble: 1 })).points).toMatchObject([{ at: null }]);
    const { points, rejections } = read(gauge({ ...at, flags: 1 }));
    expect([points, rejections.size]).toEqual([[], 0]);
  });

  it("has a name that can be stored, also of a metric with half of a surrogate pair", () => {
    const { points } = read(bodyOf({ name: "m\ud800", gauge: { dataPoints: [{ ...at, asInt: 1 }] } }));
    expect(points).toMatchObject([{ name: "m\ufffd" }]);
  });
});

describe("rejections", () => {
  it.each<[string, object, string]>([
    ["NaN", gauge({ ...at, asDouble: "NaN" }), "not a finite number"],
    ["infinity", sum(DELTA, true, { ...at, asDouble: "-Infinity" }), "not a finite number"],
    ["no value", gauge(at), "the value is missing"],
    ["a summary", bodyOf({ summary: { dataPoints: [{ ...at, count: 1, sum: 1 }] } }), "summaries"],
    ["an unspecified temporality", sum(0, true, { ...at, asInt: 1 }), "temporality"],
    ["an unspecified temporality of a histogram", histogram(0, { ...at, count: 1, sum: 1 }), "temporality"],
    ["a delta that is not monotonic", sum(DELTA, false, { ...at, asInt: 1 }), "delta and not monotonic"],
    ["a negative counter", sum(CUMULATIVE, true, { ...at, asInt: "-1" }), "negative"],
    ["no sum", histogram(DELTA, { ...at, count: 3 }), "no sum"],
    ["a negative count", histogram(DELTA, { ...at, count: "-3", sum: 1 }), "count"],
    [
      "a negative bucket",
      histogram(DELTA, { ...at, count: 1, sum: 1, bucketCounts: [-1, 2], explicitBounds: [1] }),
      "buckets",
    ],
    [
      "too few buckets",
      histogram(DELTA, { ...at, count: 1, sum: 1, bucketCounts: [1], explicitBounds: [1] }),
      "buckets",
    ],
    [
      "bounds that do not rise",
      histogram(DELTA, { ...at, count: 1, sum: 1, bucketCounts: [1, 0, 0], explicitBounds: [2, 2] }),
      "buckets",
    ],
    ["an extreme scale", exponential(DELTA, { ...at, count: 1, sum: 1, scale: 2_000_000_000 }), "buckets"],
    ["an infinite sum", histogram(DELTA, { ...at, count: 1, sum: "Infinity" }), "not a finite number"],
    ["a time 8 days ago", gauge({ asDouble: 1, timeUnixNano: nanos(now - 8 * 86_400_000) }), "7 days old"],
    [
      "a time 6 minutes ahead",
      gauge({ asDouble: 1, timeUnixNano: nanos(now + 6 * 60_000) }),
      "5 minutes ahead",
    ],
    ["an empty name", bodyOf({ name: "", gauge: { dataPoints: [{ ...at, asInt: 1 }] } }), "name of a metric"],
    ["a long name", bodyOf({ name: "x".repeat(257), gauge: { dataPoints: [{ ...at, asInt: 1 }] } }), "256"],
  ])("%s is rejected with its reason", (_, body, reason) => {
    expect(rejected(body)).toEqual([expect.stringContaining(reason)]);
  });

  it("keeps the others, and rejects those after 5,000", () => {
    const points = Array.from({ length: 5_002 }, (_, i) => ({
      ...at,
      asInt: i,
      attributes: attributes({ model: `${i}` }),
    }));
    const { points: kept, rejections } = read(gauge({ ...at, asDouble: "NaN" }, ...points));
    expect(kept).toHaveLength(4_999);
    expect([...rejections]).toEqual([
      ["the value is not a finite number", 1],
      ["a request has at most 5000 data points", 3],
    ]);
  });

  it("accepts a start after its time, unknown fields and attributes of every type", () => {
    const values = {
      "user.id": { intValue: "9007199254740993" },
      model: { doubleValue: 1.5 },
      type: { boolValue: true },
      "error.type": { arrayValue: { values: [{ stringValue: "x" }] } },
      language: { kvlistValue: { values: [] } },
      decision: { bytesValue: "AAA=" },
      "gen_ai.tool.name": {},
    };
    const point = {
      ...at,
      startTimeUnixNano: nanos(now + 60_000),
      asInt: 1,
      attributes: attributes(values),
      new: [],
    };
    const { points, rejections } = read({ ...sum(CUMULATIVE, true, point), new: { field: 1 } });
    expect(rejections.size).toBe(0);
    expect(points.map(({ name }) => name)).toEqual(["m{model=1.5,type=true}"]);
  });
});
