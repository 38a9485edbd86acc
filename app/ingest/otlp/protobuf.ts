/**
 * Reads OTLP requests in protobuf. Field numbers are those of opentelemetry-proto 1.x:
 * https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
 */
import {
  type Attributes,
  type AttributeValue,
  type Counted,
  type DataPoint,
  type Found,
  type Metric,
  MOST_ATTRIBUTES,
  milliseconds,
  OtherValue,
  OtlpError,
  type Run,
  type Scope,
} from "./data.ts";
import { Wire } from "./wire.ts";

/** Numbers of the fields in which a metric has its data. */
const TYPES: { [field: number]: Metric["type"] } = {
  5: "gauge",
  7: "sum",
  9: "histogram",
  10: "exponentialHistogram",
  11: "summary",
};

/** Yields each data point of an `ExportMetricsServiceRequest` without decoding it. */
export function* metricsIn(body: Uint8Array): Generator<Found> {
  for (const wire of new Wire(body).messages(1)) {
    const resource = resourceOf(wire);
    for (const scopeMetrics of wire.messages(2)) {
      const scope = scopeOf(scopeMetrics);
      for (const item of scopeMetrics.messages(2)) {
        const { metric, data } = metricOf(item);
        for (const point of data?.messages(1) ?? []) {
          yield { resource, scope, metric, read: () => pointOf(point, metric.type) };
        }
      }
    }
  }
}

/** Yields the resources of an `ExportTraceServiceRequest` or `ExportLogsServiceRequest`. */
export function* countedIn(body: Uint8Array): Generator<Counted> {
  for (const wire of new Wire(body).messages(1)) {
    let count = 0;
    for (const scope of wire.messages(2)) while (scope.next()) if (scope.field === 2) count += 1;
    yield { resource: resourceOf(wire), count };
  }
}

function resourceOf(wire: Wire): Attributes {
  const attributes: [string, AttributeValue][] = [];
  for (const resource of wire.messages(1)) {
    for (const attribute of resource.messages(1)) addAttribute(attributes, attribute);
  }
  return attributes;
}

function scopeOf(wire: Wire): Scope {
  const attributes: [string, AttributeValue][] = [];
  const scope = { name: "", version: "", attributes };
  for (const message of wire.messages(1)) {
    while (message.next()) {
      if (message.field === 1) scope.name = message.text();
      else if (message.field === 2) scope.version = message.text();
      else if (message.field === 3) addAttribute(attributes, message.message());
    }
  }
  return scope;
}

function metricOf(wire: Wire): { metric: Metric; data: Wire | null } {
  const metric: Metric = { name: "", type: "gauge", temporality: 0, isMonotonic: false };
  let data: Wire | null = null;
  while (wire.next()) {
    const type = TYPES[wire.field];
    if (wire.field === 1) metric.name = wire.text();
    if (type === undefined) continue;
    metric.type = type;
    data = wire.message();
    while (data.next()) {
      if (data.field === 2) metric.temporality = data.integer();
      else if (data.field === 3) metric.isMonotonic = data.integer() !== 0;
    }
  }
  return { metric, data };
}

function pointOf(wire: Wire, type: Metric["type"]): DataPoint {
  const attributes: [string, AttributeValue][] = [];
  const point: DataPoint = { attributes, start: 0, time: 0, flags: 0 };
  const read = READERS[type];
  while (wire.next()) {
    if (wire.field === 2) point.start = milliseconds(wire.fixed64());
    else if (wire.field === 3) point.time = milliseconds(wire.fixed64());
    else read(wire, point, attributes);
  }
  return point;
}

type PointReader = (wire: Wire, point: DataPoint, attributes: [string, AttributeValue][]) => void;

const readNumber: PointReader = (wire, point, attributes) => {
  if (wire.field === 4) point.value = wire.double();
  else if (wire.field === 6) point.value = wire.signedFixed64();
  else if (wire.field === 7) addAttribute(attributes, wire.message());
  else if (wire.field === 8) point.flags = wire.integer();
};

const readHistogram: PointReader = (wire, point, attributes) => {
  if (wire.field === 4) point.count = wire.fixed64();
  else if (wire.field === 5) point.sum = wire.double();
  else if (wire.field === 6) {
    point.counts ??= [];
    wire.addFixed64(point.counts);
  } else if (wire.field === 7) {
    point.bounds ??= [];
    wire.addDoubles(point.bounds);
  } else if (wire.field === 9) addAttribute(attributes, wire.message());
  else if (wire.field === 10) point.flags = wire.integer();
  else if (wire.field === 11) point.min = wire.double();
  else if (wire.field === 12) point.max = wire.double();
};

const readExponential: PointReader = (wire, point, attributes) => {
  if (wire.field === 1) addAttribute(attributes, wire.message());
  else if (wire.field === 4) point.count = wire.fixed64();
  else if (wire.field === 5) point.sum = wire.double();
  else if (wire.field === 6) point.scale = wire.zigzag();
  else if (wire.field === 7) point.zeroCount = wire.fixed64();
  else if (wire.field === 8) point.positive = runOf(wire.message());
  else if (wire.field === 9) point.negative = runOf(wire.message());
  else if (wire.field === 10) point.flags = wire.integer();
  else if (wire.field === 12) point.min = wire.double();
  else if (wire.field === 13) point.max = wire.double();
  else if (wire.field === 14) point.zeroThreshold = wire.double();
};

/** Reads only the flags: summaries are rejected, except those that have no value. */
const readSummary: PointReader = (wire, point) => {
  if (wire.field === 8) point.flags = wire.integer();
};

const READERS: Record<Metric["type"], PointReader> = {
  gauge: readNumber,
  sum: readNumber,
  histogram: readHistogram,
  exponentialHistogram: readExponential,
  summary: readSummary,
};

function runOf(wire: Wire): Run {
  const run: Run = { offset: 0, counts: [] };
  while (wire.next()) {
    if (wire.field === 1) run.offset = wire.zigzag();
    else if (wire.field === 2) wire.addIntegers(run.counts);
  }
  return run;
}

function addAttribute(to: [string, AttributeValue][], wire: Wire): void {
  if (to.length === MOST_ATTRIBUTES) {
    throw new OtlpError(`Send at most ${MOST_ATTRIBUTES} attributes in a list.`);
  }
  let key = "";
  let value: AttributeValue = new OtherValue("");
  while (wire.next()) {
    if (wire.field === 1) key = wire.text();
    else if (wire.field === 2) value = attributeValue(wire.message());
  }
  to.push([key, value]);
}

function attributeValue(wire: Wire): AttributeValue {
  let value: AttributeValue = new OtherValue("");
  while (wire.next()) {
    if (wire.field === 1) value = wire.text();
    else if (wire.field === 2) value = wire.integer() !== 0;
    else if (wire.field === 3) value = wire.signed();
    else if (wire.field === 4) value = wire.double();
    else if (wire.field <= 7) value = new OtherValue(`${wire.field}${wire.raw()}`);
  }
  return value;
}
