/**
 * Points: OpenTelemetry data on its way from the worker to the compactor, which alone knows the earlier points
 * of a stream. They travel as text, because a document holds at most 8,192 values in a list and 1 MiB.
 */
import type { Summary } from "./buckets.ts";
import type { Distribution } from "./distribution.ts";

/** What a stream has counted since its start: a sum, and of a histogram also a number and buckets. */
export type Total = { sum: number; count?: number; distribution?: Distribution };

/** A cumulative stream and one of its times. `start` is 0 if it is unknown. Unix ms, with fractions. */
export type StreamPoint = { id: string; start: number; at: number; total: Total };

/** What a point says: a value, an increment, the summary of several values, or the total of a stream. */
export type Said =
  | { kind: "gauge"; value: number }
  | { kind: "counter"; value: number }
  | { kind: "histogram"; summary: Summary }
  | { kind: "counter" | "histogram"; stream: StreamPoint };

/** One point of a time series. `resource` identifies its source; `at` is Unix ms, null for arrival. */
export type Point = { agent: string; name: string; resource: string; at: number | null; said: Said };

/** Maximum size of a text in bytes. It leaves room for the rest of the document. */
const LARGEST_TEXT = 700_000;

export type PackedPoints = { text: string; count: number };

/** What comes first in a row: indexes of agent, name and resource, then the time. */
type Start = [agent: number, name: number, resource: number, at: number | null];

type StreamStart = [id: string, start: number, at: number, sum: number];

/** Rows are lists without names, because the text is written, hashed and escaped several times on its way. */
type Row =
  | [...Start, "g" | "c", value: number]
  | [...Start, "h", count: number, sum: number, min: number, max: number]
  | [...Start, "C", ...StreamStart]
  | [...Start, "H", ...StreamStart, count: number, bounds: number, distribution: Distribution | null];

/** A text as JSON: lists of what repeats, and rows with indexes into them. */
type Packed = { agents: string[]; names: string[]; resources: string[]; bounds: number[][]; rows: Row[] };

/** Returns points as texts, of which each fits into a document. */
export function packPoints(points: readonly Point[]): PackedPoints[] {
  const text = JSON.stringify(packed(points));
  // A character has at most 3 bytes; only long texts are measured.
  const isLarge = text.length > LARGEST_TEXT / 3 && new TextEncoder().encode(text).length > LARGEST_TEXT;
  if (!isLarge || points.length === 1) return points.length === 0 ? [] : [{ text, count: points.length }];
  const middle = Math.ceil(points.length / 2);
  return [...packPoints(points.slice(0, middle)), ...packPoints(points.slice(middle))];
}

function packed(points: readonly Point[]): Packed {
  const agents = new Index<string>();
  const names = new Index<string>();
  const resources = new Index<string>();
  const bounds = new Index<number[]>();
  const rows = points.map(({ agent, name, resource, at, said }): Row => {
    const start: Start = [
      agents.of(agent, agent),
      names.of(name, name),
      resources.of(resource, resource),
      at,
    ];
    if ("value" in said) return [...start, said.kind === "gauge" ? "g" : "c", said.value];
    if ("summary" in said) {
      const { count, sum, min, max } = said.summary;
      return [...start, "h", count, sum, min, max];
    }
    const { id, at: streamAt, start: startAt, total } = said.stream;
    const stream: StreamStart = [id, startAt, streamAt, total.sum];
    if (total.count === undefined) return [...start, "C", ...stream];
    const { distribution } = total;
    if (distribution === undefined || !("bounds" in distribution)) {
      return [...start, "H", ...stream, total.count, -1, distribution ?? null];
    }
    // The bounds are the same for all streams of a metric.
    const index = bounds.of(distribution.bounds.join(), distribution.bounds);
    return [...start, "H", ...stream, total.count, index, { bounds: [], counts: distribution.counts }];
  });
  return {
    agents: agents.values,
    names: names.values,
    resources: resources.values,
    bounds: bounds.values,
    rows,
  };
}

/** Returns the points of a text. */
export function unpackPoints(text: string): Point[] {
  const { agents, names, resources, bounds, rows } = JSON.parse(text) as Packed;
  return rows.map((row) => ({
    agent: agents[row[0]] ?? "",
    name: names[row[1]] ?? "",
    resource: resources[row[2]] ?? "",
    at: row[3],
    said: saidIn(row, bounds),
  }));
}

function saidIn(row: Row, bounds: readonly number[][]): Said {
  switch (row[4]) {
    case "g":
      return { kind: "gauge", value: row[5] };
    case "c":
      return { kind: "counter", value: row[5] };
    case "h":
      return { kind: "histogram", summary: { count: row[5], sum: row[6], min: row[7], max: row[8] } };
    case "C":
      return { kind: "counter", stream: { id: row[5], start: row[6], at: row[7], total: { sum: row[8] } } };
    case "H": {
      const [, , , , , id, start, at, sum, count, index, packed] = row;
      const distribution = packed && (index === -1 ? packed : { ...packed, bounds: bounds[index] ?? [] });
      const total = { sum, count, ...(distribution !== null && { distribution }) };
      return { kind: "histogram", stream: { id, start, at, total } };
    }
  }
}

/** The distinct values of a list, with their positions. */
class Index<T> {
  readonly values: T[] = [];
  readonly #positions = new Map<string, number>();

  /** Returns the position of a value, which is added if it is new. */
  of(key: string, value: T): number {
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    this.#positions.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}
