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

/** One point of a time series. `resource` identifies where it comes from; `at` is Unix ms, null for arrival. */
export type Point = { agent: string; name: string; resource: string; at: number | null; said: Said };

/** The maximum size of a text in bytes. The rest of a document has room beside it. */
const LARGEST_TEXT = 700_000;

export type PackedPoints = { text: string; count: number };

/** A text as JSON: lists of what repeats, and rows of indexes into them. */
type Packed = {
  agents: string[];
  names: string[];
  resources: string[];
  bounds: number[][];
  rows: [agent: number, name: number, resource: number, at: number | null, said: PackedSaid][];
};

/** `bounds` of a distribution are an index. */
type PackedSaid = Said | { kind: Said["kind"]; stream: StreamPoint; bounds: number };

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
  const rows = points.map(({ agent, name, resource, at, said }): Packed["rows"][number] => [
    agents.of(agent, agent),
    names.of(name, name),
    resources.of(resource, resource),
    at,
    packedSaid(said, bounds),
  ]);
  return {
    agents: agents.values,
    names: names.values,
    resources: resources.values,
    bounds: bounds.values,
    rows,
  };
}

/** Leaves out the bounds of a distribution, which are the same for all streams of a metric. */
function packedSaid(said: Said, bounds: Index<number[]>): PackedSaid {
  if (!("stream" in said)) return said;
  const { kind, stream } = said;
  const { distribution } = stream.total;
  if (distribution === undefined || !("bounds" in distribution)) return said;
  const index = bounds.of(distribution.bounds.join(), distribution.bounds);
  const total = { ...stream.total, distribution: { bounds: [], counts: distribution.counts } };
  return { kind, stream: { ...stream, total }, bounds: index };
}

/** Returns the points of a text. */
export function unpackPoints(text: string): Point[] {
  const { agents, names, resources, bounds, rows } = JSON.parse(text) as Packed;
  return rows.map(([agent, name, resource, at, said]) => ({
    agent: agents[agent] ?? "",
    name: names[name] ?? "",
    resource: resources[resource] ?? "",
    at,
    said: "bounds" in said ? withBounds(said, bounds[said.bounds] ?? []) : said,
  }));
}

function withBounds({ kind, stream }: Extract<PackedSaid, { bounds: number }>, bounds: number[]): Said {
  const { distribution } = stream.total;
  const counts = distribution !== undefined && "bounds" in distribution ? distribution.counts : [];
  const total = { ...stream.total, distribution: { bounds, counts } };
  return { kind: kind as "counter" | "histogram", stream: { ...stream, total } };
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
