import { describe, expect, test } from "vitest";
import {
  type ChartPoint,
  draw,
  nearest,
  PLOT,
  pointsIn,
  runsOf,
  valueAxis,
  windowOf,
} from "./chart-geometry.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const point = (at: number, value = 1): ChartPoint => ({ at, value, count: 1, min: value, max: value });

describe("the window", () => {
  test("ends with the bucket of now, whole", () => {
    const now = Date.parse("2026-11-24T14:03:20Z");
    const { start, end } = windowOf(HOUR, MINUTE, now);
    expect(new Date(end).toISOString()).toBe("2026-11-24T14:04:00.000Z");
    expect(end - start).toBe(HOUR);
  });

  test("leaves out what is older than it", () => {
    const window = windowOf(HOUR, MINUTE, 2 * HOUR);
    const points = [point(window.start - MINUTE), point(window.start), point(window.end - MINUTE)];
    expect(pointsIn(points, window)).toEqual(points.slice(1));
  });
});

describe("the line", () => {
  const window = windowOf(HOUR, MINUTE, 10 * HOUR);
  const from = window.start;

  test("is broken where a bucket has no data", () => {
    const points = [0, 1, 2, 5, 6].map((minute) => point(from + minute * MINUTE));
    expect(runsOf(points, MINUTE).map((run) => run.length)).toEqual([3, 2]);
    expect(draw(points, window, () => 10).line.match(/M/g)).toHaveLength(2);
  });

  test("of one bucket between two gaps is a point of its own", () => {
    const points = [0, 1, 5, 9, 10].map((minute) => point(from + minute * MINUTE));
    expect(draw(points, window, () => 10).alone).toEqual([points[2]]);
  });

  test("is nothing where there is no data", () => {
    expect(draw([], window, () => 10)).toEqual({ line: "", area: "", alone: [] });
  });

  test("gives the point nearest to a place, and none where there are none", () => {
    const points = [0, 30].map((minute) => point(from + minute * MINUTE));
    expect(nearest(points, 0.2, window)).toBe(0);
    expect(nearest(points, 0.9, window)).toBe(1);
    expect(nearest([], 0.5, window)).toBe(-1);
  });
});

describe("the axis of values", () => {
  test("shows zero for counts", () => {
    expect(valueAxis([40, 42, 44]).ticks[0]).toBe(0);
  });

  test("leaves zero out of sight for what varies little, far from it", () => {
    const { ticks, down } = valueAxis([300.5, 302, 304.5]);
    expect(ticks[0]).toBeGreaterThanOrEqual(299);
    expect(down(300.5)).toBeGreaterThan(down(304.5));
  });

  test.each([
    ["one value", [7.5]],
    ["zero", [0, 0]],
    ["below zero", [-5, -1]],
    ["small", [0.0001, 0.0002]],
    ["the largest there are", [-Number.MAX_VALUE, Number.MAX_VALUE]],
    ["the smallest there are", [Number.MIN_VALUE, 0]],
    ["none", []],
  ])("holds %s", (_what, values) => {
    const { ticks, down, decimals } = valueAxis(values);
    expect(ticks.length).toBeGreaterThan(0);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.every(Number.isFinite)).toBe(true);
    expect(decimals).toBeLessThanOrEqual(12);
    for (const value of values) {
      expect(down(value)).toBeGreaterThanOrEqual(-0.01);
      expect(down(value)).toBeLessThanOrEqual(PLOT.height + 0.01);
    }
  });

  test("has ticks that can be told apart", () => {
    const { ticks, decimals } = valueAxis([0.0001, 0.0002]);
    expect(new Set(ticks.map((tick) => tick.toFixed(decimals))).size).toBe(ticks.length);
  });
});

test.each([Number.MAX_VALUE, -Number.MAX_VALUE])(
  "draws a flat line at %d, where there is nothing beyond",
  (value) => {
    const { ticks, down } = valueAxis([value]);
    expect(ticks.length).toBeGreaterThan(0);
    expect(down(value)).toBeGreaterThanOrEqual(0);
    expect(down(value)).toBeLessThanOrEqual(PLOT.height);
  },
);
