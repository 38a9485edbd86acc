/** OpenTelemetry data as the readers of both encodings return it. Times are Unix ms, 0 if absent. */

/** A value that only identifies a stream: a list, a map, bytes, or nothing. */
export class OtherValue {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type AttributeValue = string | number | bigint | boolean | OtherValue;

export type Attributes = readonly (readonly [key: string, value: AttributeValue])[];

export type Scope = { name: string; version: string; attributes: Attributes };

/** `temporality` is OpenTelemetry's number: 1 is delta, 2 is cumulative. */
export type Metric = {
  name: string;
  type: "gauge" | "sum" | "histogram" | "exponentialHistogram" | "summary";
  temporality: number;
  isMonotonic: boolean;
};

export type Run = { offset: number; counts: number[] };

/** One data point. Fields that its type does not have, or that were not sent, are undefined. */
export type DataPoint = {
  attributes: Attributes;
  start: number;
  time: number;
  flags: number;
  value?: number;
  count?: number;
  sum?: number;
  min?: number;
  max?: number;
  bounds?: number[];
  counts?: number[];
  scale?: number;
  zeroCount?: number;
  zeroThreshold?: number;
  positive?: Run;
  negative?: Run;
};

/** A data point with its resource, scope and metric, which are the same objects for all points that share them. */
export type Found = { resource: Attributes; scope: Scope; metric: Metric; read: () => DataPoint };

/** A resource with the number of its spans or log records. */
export type Counted = { resource: Attributes; count: number };

/** A body that is not OTLP. The message is for the sender. */
export class OtlpError extends Error {
  override readonly name = "OtlpError";
}

/** Returns a time in whole Unix ms. Nanoseconds of our time are no longer exact in a double. */
export function milliseconds(nanoseconds: number): number {
  return Math.round(nanoseconds / 1e6);
}

/** Returns a 64-bit integer as a number if that is exact. */
export function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The maximum number of attributes in a list. SDKs send at most 128. */
export const MOST_ATTRIBUTES = 1_000;
