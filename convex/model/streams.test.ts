/** Streams of one resource: how much of their histograms is kept. */
import { expect, test } from "vitest";
import { advance, type OpenResource } from "./streams.ts";

test("buckets of a resource are kept up to 4 MB; histograms over that have their mean as extremes", () => {
  const open: OpenResource = { resource: "r", firstAt: 0, rows: [], byId: new Map(), bucketText: 0 };
  const project = { streams: 0 };
  const bounds = Array.from({ length: 300 }, (_, i) => i);
  const send = (round: number) =>
    Array.from({ length: 3_000 }, (_, i) => {
      const counts = Array.from({ length: 301 }, (_, bucket) => (bucket === 300 ? round : 0));
      const total = { sum: round * 1_000, count: round, distribution: { bounds, counts } };
      return advance(open, project, { id: `s${i}`, start: 0, at: round, total }, round);
    });
  send(1);
  const kept = open.rows.flatMap(({ streams }) =>
    streams.map(({ distribution }) => distribution?.length ?? 0),
  );
  expect(kept[0]).toBeGreaterThan(1_500);
  expect(kept.at(-1)).toBe(0);
  const all = kept.reduce((sum, length) => sum + length, 0);
  expect(all).toBeGreaterThan(3_900_000);
  expect(all).toBeLessThanOrEqual(4_000_000);
  const added = send(2);
  expect(added[0]).toEqual({ summary: { count: 1, sum: 1_000, min: 299, max: 1_000 } });
  expect(added.at(-1)).toEqual({ summary: { count: 1, sum: 1_000, min: 1_000, max: 1_000 } });
  // What is kept does not grow.
  expect(open.bucketText).toBe(all);
});
