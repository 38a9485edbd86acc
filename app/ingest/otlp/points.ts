/** Turns OpenTelemetry data points into points of Mosaic's time series, by the table of the contract. */
import { merge } from "../../../convex/model/buckets.ts";
import { fitting, summaryFrom } from "../../../convex/model/distribution.ts";
import { FARTHEST_AHEAD_MS, OLDEST_MS } from "../../../convex/model/metricRules.ts";
import { LONGEST_SERIES, reportedNameProblem } from "../../../convex/model/names.ts";
import type { Point, Said, Total } from "../../../convex/model/points.ts";
import type { DataPoint, Found, Metric } from "./data.ts";
import { distributionOf, isCount } from "./distributions.ts";
import type { KeyedHash } from "./keyed-hash.ts";
import { agentOf, seriesOf } from "./names.ts";
import { attributesText, scopeText, sized } from "./streams.ts";

/** The maximum number of data points in a request. */
const MOST_POINTS = 5_000;

const DELTA = 1;
const CUMULATIVE = 2;

/** Bit of the flags that says that a data point has no value. */
const NO_RECORDED_VALUE = 1;

/** Why data points were rejected, with their numbers. */
export type Rejections = Map<string, number>;

/** A value, the total of a stream that is not identified yet, or why there is none. */
type Reading = Said | { kind: "counter" | "histogram"; total: Total } | { rejected: string } | null;

const reject = (rejected: string) => ({ rejected });

/**
 * Returns the points of a request, and why the others were rejected.
 *
 * @param found - The data points. Untrusted input.
 * @param hash - The keyed hash that identifies streams.
 * @param now - Unix ms.
 */
export function pointsOf(
  found: Iterable<Found>,
  hash: KeyedHash,
  now: number,
): { points: Point[]; rejections: Rejections } {
  const points = new Points(hash);
  const rejections: Rejections = new Map();
  let count = 0;
  for (const one of found) {
    count += 1;
    const reason =
      count > MOST_POINTS ? `a request has at most ${MOST_POINTS} data points` : points.add(one, now);
    if (reason !== null) rejections.set(reason, (rejections.get(reason) ?? 0) + 1);
  }
  return { points: points.all, rejections };
}

/** Collects points. Values that depend on the resource, scope or metric are computed when these change. */
class Points {
  readonly all: Point[] = [];
  readonly #hash: KeyedHash;
  /** Points that others of the same time series and time are added to. */
  readonly #merged = new Map<string, Point>();
  #last: Pick<Found, "resource" | "scope" | "metric"> | null = null;
  #agent = "";
  #resource = "";
  #stream = "";
  #name = "";
  #nameProblem: string | null = null;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Adds a data point. Returns why it is rejected; null if it is not. */
  add({ resource, scope, metric, read }: Found, now: number): string | null {
    this.#enter(resource, scope, metric);
    if (this.#nameProblem !== null) return this.#nameProblem;
    const point = read();
    if ((point.flags & NO_RECORDED_VALUE) !== 0) return null;
    const problem = timeProblem(point.time, now);
    if (problem !== null) return problem;
    const value = readingOf(metric, point);
    if (value === null) return null;
    if ("rejected" in value) return value.rejected;
    const name = seriesOf(this.#name, point.attributes);
    if (name.length > LONGEST_SERIES && [...name].length > LONGEST_SERIES) {
      return `the name with its attributes has more than ${LONGEST_SERIES} characters`;
    }
    const at = point.time === 0 ? null : Math.floor(point.time);
    const start = { agent: this.#agent, name, resource: this.#resource, at };
    if ("total" in value) {
      const id = this.#hash(this.#stream + attributesText(point.attributes));
      const stream = { id, start: point.start, at: point.time || now, total: value.total };
      this.all.push({ ...start, said: { kind: value.kind, stream } });
      return null;
    }
    return this.#merge({ ...start, said: value }, metric);
  }

  #enter(resource: Found["resource"], scope: Found["scope"], metric: Metric): void {
    const last = this.#last;
    if (last?.metric === metric) return;
    if (last?.resource !== resource) {
      this.#agent = agentOf(resource);
      this.#resource = this.#hash(attributesText(resource));
    }
    this.#stream = scopeText(scope) + sized(metric.name) + metric.type;
    // JSON may have halves of surrogate pairs, which the database does not store.
    this.#name = metric.name.toWellFormed();
    const problem = reportedNameProblem(this.#name, LONGEST_SERIES);
    this.#nameProblem = problem === null ? null : `the name of a metric ${problem}`;
    this.#last = { resource, scope, metric };
  }

  /** Adds a point to one of the same time series and time: of gauges the last counts, the others add up. */
  #merge(point: Point, metric: Metric): string | null {
    const key = `${point.at} ${point.agent}\n${point.name}`;
    const known = this.#merged.get(key);
    if (known === undefined || known.said.kind !== point.said.kind || known.resource !== point.resource) {
      this.#merged.set(key, point);
      this.all.push(point);
      return null;
    }
    const { said } = known;
    if ("value" in said && "value" in point.said) {
      said.value = metric.type === "gauge" ? point.said.value : finite(said.value + point.said.value);
    } else if ("summary" in said && "summary" in point.said) {
      said.summary = merge(said.summary, point.said.summary);
    }
    return null;
  }
}

/** Returns a number that fits into a double. */
function finite(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

function timeProblem(time: number, now: number): string | null {
  if (time === 0) return null;
  if (!(time >= now - OLDEST_MS)) return "the time is more than 7 days old";
  return time > now + FARTHEST_AHEAD_MS ? "the time is more than 5 minutes ahead" : null;
}

/** Returns the reading of a data point; null if it has no value. */
function readingOf(metric: Metric, point: DataPoint): Reading {
  switch (metric.type) {
    case "gauge":
      return numberOf(point, (value) => ({ kind: "gauge", value }));
    case "sum":
      return numberOf(point, (value) => sumOf(metric, value));
    case "summary":
      return reject("summaries are not supported");
    default:
      return histogramOf(metric, point);
  }
}

function numberOf({ value }: DataPoint, read: (value: number) => Reading): Reading {
  if (value === undefined) return reject("the value is missing");
  return Number.isFinite(value) ? read(value) : reject("the value is not a finite number");
}

function sumOf({ temporality, isMonotonic }: Metric, value: number): Reading {
  if (temporality !== DELTA && temporality !== CUMULATIVE) return reject("the temporality is unspecified");
  if (isMonotonic && value < 0) return reject("a monotonic sum is negative");
  if (temporality === DELTA) {
    return isMonotonic ? { kind: "counter", value } : reject("the sum is delta and not monotonic");
  }
  return isMonotonic ? { kind: "counter", total: { sum: value } } : { kind: "gauge", value };
}

function histogramOf({ temporality, type }: Metric, point: DataPoint): Reading {
  const { count = 0, sum, min, max } = point;
  if (temporality !== DELTA && temporality !== CUMULATIVE) return reject("the temporality is unspecified");
  if (!isCount(count)) return reject("the count of a histogram is not valid");
  if (sum === undefined && count > 0) return reject("the histogram has no sum");
  if (![sum, min, max].every((one) => one === undefined || Number.isFinite(one))) {
    return reject("the value is not a finite number");
  }
  const sent = distributionOf(point, type);
  if (sent === "invalid") return reject("the buckets of a histogram are not valid");
  const buckets = sent && fitting(sent);
  if (temporality === CUMULATIVE) {
    const total = { sum: sum ?? 0, count, ...(buckets !== null && { distribution: buckets }) };
    return { kind: "histogram", total };
  }
  if (count === 0) return null;
  return { kind: "histogram", summary: summaryFrom({ count, sum: sum ?? 0 }, buckets, { min, max }) };
}
