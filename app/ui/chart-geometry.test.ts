import { describe, expect, test } from "vitest";
import { across, type ChartPoint, draw, nearest, pointsIn, runsOf, windowOf } from "./chart-geometry.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const point = (at: number, value = 1): ChartPoint => ({ at, value, count: 1, min: value, max: value });

describe("the window", () => {
  test("contains every bucket that overlaps the range, as a whole", () => {
    const now = Date.parse("2026-11-24T14:03:20Z");
    const { start, end } = windowOf(HOUR, MINUTE, now);
    expect(new Date(start).toISOString()).toBe("2026-11-24T13:03:00.000Z");
    expect(new Date(end).toISOString()).toBe("2026-11-24T14:04:00.000Z");
  });

  test("excludes points before its start", () => {
    const window = windowOf(HOUR, MINUTE, 2 * HOUR);
    const points = [point(window.start - MINUTE), point(window.start), point(window.end - MINUTE)];
    expect(pointsIn(points, window)).toEqual(points.slice(1));
  });

  test.each([MINUTE, 10 * MINUTE, HOUR])(
    "places points up to 5 minutes ahead at the right edge (%i)",
    (bucket) => {
      const now = Date.parse("2026-11-24T13:58:20Z");
      const window = windowOf(60 * bucket, bucket, now);
      const bucketAhead = Math.floor((now + 4.9 * MINUTE) / bucket) * bucket;
      const points = [point(bucketAhead)];
      expect(pointsIn(points, window)).toEqual(points);
      expect(across(bucketAhead, window)).toBe(1);
      const [alone] = draw(points, window, () => 10).alone;
      expect(alone).toEqual(points[0]);
    },
  );
});

describe("the line", () => {
  const window = windowOf(HOUR, MINUTE, 10 * HOUR);
  const from = window.start;

  test("has a gap for a bucket without data", () => {
    const points = [0, 1, 2, 5, 6].map((minute) => point(from + minute * MINUTE));
    expect(runsOf(points, MINUTE).map((run) => run.length)).toEqual([3, 2]);
    expect(draw(points, window, () => 10).line.match(/M/g)).toHaveLength(2);
  });

  test("connects the points, and the area below it reaches the bottom", () => {
    const points = [0, 1, 2].map((minute) => point(from + minute * MINUTE));
    expect(draw(points, window, () => 10)).toMatchObject({
      line: "M0,10L16.4,10L32.8,10",
      area: "M0,10L16.4,10L32.8,10L32.8,176L0,176Z",
    });
  });

  test("of one bucket between two gaps is a single point", () => {
    const points = [0, 1, 5, 9, 10].map((minute) => point(from + minute * MINUTE));
    expect(draw(points, window, () => 10).alone).toEqual([points[2]]);
  });

  test("is empty without data", () => {
    expect(draw([], window, () => 10)).toEqual({ line: "", area: "", alone: [] });
  });

  test("returns the point nearest to a position, and -1 without points", () => {
    const points = [0, 30].map((minute) => point(from + minute * MINUTE));
    expect(nearest(points, 0.2, window)).toBe(0);
    expect(nearest(points, 0.9, window)).toBe(1);
    expect(nearest([], 0.5, window)).toBe(-1);
  });
});
