/** Windows of threshold rules. */
import { expect, test } from "vitest";
import type { ThresholdRule } from "./rules.ts";
import { measure } from "./windows.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 29, 12, 34, 56);
const START = Math.floor(NOW / MINUTE) * MINUTE;

const rule = (over: Partial<ThresholdRule> = {}): ThresholdRule => ({
  ...{ kind: "threshold", agent: null, name: "latency", of: "mean", window: "5m", is: "above", value: 10 },
  ...over,
});

/** A bucket of points with one value, some minutes ago. */
const bucket = (minutesAgo: number, value: number, count = 1) => {
  const at = START - minutesAgo * MINUTE;
  return { at, count, sum: value * count, min: value, max: value };
};

test("a window of 5 minutes is the current minute and the four before it", () => {
  expect(measure(rule({ of: "sum" }), [bucket(5, 100), bucket(4, 1), bucket(0, 2)], NOW)).toMatchObject({
    value: 3,
    next: START + MINUTE,
  });
  expect(measure(rule(), [bucket(5, 100)], NOW)).toBeNull();
});

test("an hour is six buckets of 10 minutes, a day 24 hours", () => {
  const hours = (of: ThresholdRule["of"]) =>
    measure(rule({ window: "24h", of }), [bucket(23 * 60 + 34, 7)], NOW);
  expect(hours("max")?.value).toBe(7);
  expect(measure(rule({ window: "24h" }), [bucket(23 * 60 + 35, 7)], NOW)).toBeNull();
  // 12:34 is in the bucket of 12:30, so the window begins at 11:40.
  expect(measure(rule({ window: "1h" }), [bucket(54, 7)], NOW)?.value).toBe(7);
  expect(measure(rule({ window: "1h" }), [bucket(55, 7)], NOW)).toBeNull();
});

test("mean, sum, minimum and maximum are of the points, not of the buckets", () => {
  const buckets = [bucket(1, 1, 3), bucket(0, 5)];
  const values = (["mean", "sum", "min", "max"] as const).map(
    (of) => measure(rule({ of }), buckets, NOW)?.value,
  );
  expect(values).toEqual([2, 8, 1, 5]);
});

test("a value that is reached is neither above nor below", () => {
  for (const is of ["above", "below"] as const) {
    expect(measure(rule({ is, value: 5 }), [bucket(0, 5)], NOW)?.breached).toBe(false);
  }
});

test("the largest numbers can be compared", () => {
  const { MAX_VALUE } = Number;
  const buckets = [bucket(1, MAX_VALUE), bucket(0, MAX_VALUE)];
  expect(measure(rule({ of: "sum", value: MAX_VALUE }), buckets, NOW)).toMatchObject({
    breached: false,
    value: MAX_VALUE,
  });
  expect(measure(rule({ is: "below", value: -MAX_VALUE }), [bucket(0, -MAX_VALUE)], NOW)?.breached).toBe(
    false,
  );
});

test("a point of an agent whose clock is ahead is measured when its minute begins", () => {
  expect(measure(rule(), [bucket(0, 1), bucket(-2, 100)], NOW)).toMatchObject({
    value: 1,
    next: START + 2 * MINUTE,
  });
});
