/** Reads OTLP requests in JSON. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import {
  type Attributes,
  type AttributeValue,
  type Counted,
  type DataPoint,
  exact,
  type Found,
  type Metric,
  MOST_ATTRIBUTES,
  milliseconds,
  OtherValue,
  OtlpError,
  type Run,
  type Scope,
} from "./data.ts";

const TYPES: readonly Metric["type"][] = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];

type Json = { readonly [key: string]: unknown };

/** Yields each data point of an `ExportMetricsServiceRequest` without reading its fields. */
export function* metricsIn(body: Uint8Array): Generator<Found> {
  for (const item of objects(parsed(body), "resourceMetrics")) {
    const resource = attributesIn(object(item, "resource"));
    for (const scopeMetrics of objects(item, "scopeMetrics")) {
      const scope = scopeOf(object(scopeMetrics, "scope"));
      for (const { metric, points } of objects(scopeMetrics, "metrics").map(metricOf)) {
        for (const point of points) yield { resource, scope, metric, read: () => pointOf(point) };
      }
    }
  }
}

/**
 * Yields the resources of an `ExportTraceServiceRequest` or `ExportLogsServiceRequest`.
 *
 * @param signal - Which of the two it is.
 */
export function* countedIn(body: Uint8Array, signal: "traces" | "logs"): Generator<Counted> {
  const [resources, scopes, items] =
    signal === "traces"
      ? (["resourceSpans", "scopeSpans", "spans"] as const)
      : (["resourceLogs", "scopeLogs", "logRecords"] as const);
  for (const item of objects(parsed(body), resources)) {
    const count = objects(item, scopes).reduce((sum, scope) => sum + objects(scope, items).length, 0);
    yield { resource: attributesIn(object(item, "resource")), count };
  }
}

function parsed(body: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new OtlpError("The body is not JSON in UTF-8.");
  }
  if (!isObject(value)) throw new OtlpError("The body is not an object.");
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(from: Json, key: string): readonly unknown[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new OtlpError(`${key} is not a list.`);
  return value;
}

function objects(from: Json, key: string): readonly Json[] {
  const values = list(from, key);
  if (!values.every(isObject)) throw new OtlpError(`${key} has an item that is not an object.`);
  return values;
}

function object(from: Json, key: string): Json {
  const value = from[key] ?? {};
  if (!isObject(value)) throw new OtlpError(`${key} is not an object.`);
  return value;
}

function text(from: Json, key: string): string {
  const value = from[key] ?? "";
  if (typeof value !== "string") throw new OtlpError(`${key} is not a string.`);
  return value;
}

/** Returns a number, which may be written as a string, also `NaN` and `Infinity`. */
function number(value: unknown, key: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "") {
    const read = Number(value);
    if (!Number.isNaN(read) || value === "NaN") return read;
  }
  throw new OtlpError(`${key} is not a number.`);
}

/** Returns a time. The compactor could not store one that is not finite. */
function time(from: Json, key: string): number {
  const nanoseconds = number(from[key] ?? 0, key);
  if (!Number.isFinite(nanoseconds)) throw new OtlpError(`${key} is not a time.`);
  return milliseconds(nanoseconds);
}

function numbers(from: Json, key: string): number[] {
  return list(from, key).map((value) => number(value, key));
}

function scopeOf(scope: Json): Scope {
  return { name: text(scope, "name"), version: text(scope, "version"), attributes: attributesIn(scope) };
}

function metricOf(item: Json): { metric: Metric; points: readonly Json[] } {
  const type = TYPES.find((one) => item[one] !== undefined && item[one] !== null) ?? "gauge";
  const data = object(item, type);
  const { aggregationTemporality = 0, isMonotonic = false } = data;
  const metric = {
    name: text(item, "name"),
    type,
    temporality: typeof aggregationTemporality === "number" ? aggregationTemporality : 0,
    isMonotonic: isMonotonic === true,
  };
  return { metric, points: objects(data, "dataPoints") };
}

/** Fields of a data point that are numbers, and their names here. */
const NUMBERS = [
  ["asDouble", "value"],
  ["asInt", "value"],
  ["flags", "flags"],
  ["count", "count"],
  ["sum", "sum"],
  ["min", "min"],
  ["max", "max"],
  ["scale", "scale"],
  ["zeroCount", "zeroCount"],
  ["zeroThreshold", "zeroThreshold"],
] as const;

function pointOf(item: Json): DataPoint {
  const point: DataPoint = {
    attributes: attributesIn(item),
    start: time(item, "startTimeUnixNano"),
    time: time(item, "timeUnixNano"),
    flags: 0,
  };
  for (const [key, name] of NUMBERS) {
    const value = item[key];
    if (value !== undefined && value !== null) point[name] = number(value, key);
  }
  if (item.bucketCounts !== undefined) point.counts = numbers(item, "bucketCounts");
  if (item.explicitBounds !== undefined) point.bounds = numbers(item, "explicitBounds");
  if (item.positive !== undefined) point.positive = runOf(object(item, "positive"));
  if (item.negative !== undefined) point.negative = runOf(object(item, "negative"));
  return point;
}

function runOf(item: Json): Run {
  return { offset: number(item.offset ?? 0, "offset"), counts: numbers(item, "bucketCounts") };
}

function attributesIn(from: Json): Attributes {
  const found = objects(from, "attributes");
  if (found.length > MOST_ATTRIBUTES) {
    throw new OtlpError(`Send at most ${MOST_ATTRIBUTES} attributes in a list.`);
  }
  return found.map((attribute) => [text(attribute, "key"), attributeValue(object(attribute, "value"))]);
}

function attributeValue(value: Json): AttributeValue {
  const { stringValue, boolValue, intValue, doubleValue } = value;
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (typeof intValue === "string" && /^-?\d{1,19}$/.test(intValue)) return exact(BigInt(intValue));
  if (typeof intValue === "number") return intValue;
  if (doubleValue !== undefined && doubleValue !== null) return number(doubleValue, "doubleValue");
  if (isDeeperThan(MOST_NESTED, value)) throw new OtlpError("An attribute is nested too deeply.");
  return new OtherValue(JSON.stringify(value));
}

/** As deep as readers of protobuf go by default. */
const MOST_NESTED = 100;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}
