import { describe, expect, test } from "vitest";
import { axisLabels, valueAxis } from "./value-axis.ts";

const HEIGHT = 176;
const MAX = Number.MAX_VALUE;
const MIN = Number.MIN_VALUE;

const labelsOf = (...values: number[]) => axisLabels(valueAxis(values, HEIGHT), "en");

describe("labels", () => {
  test.each([
    [
      [1234.2, 1236.7],
      ["1,234", "1,235", "1,236", "1,237"],
    ],
    [
      [0.9992, 0.9999],
      ["0.9992", "0.9994", "0.9996", "0.9998", "1"],
    ],
    [
      [50123.5, 50128],
      ["50,122", "50,124", "50,126", "50,128"],
    ],
    [
      [40, 42, 44],
      ["0", "20", "40", "60"],
    ],
    [
      [0.5, 12500],
      ["0", "5 k", "10 k", "15 k"],
    ],
    [[2_400_000], ["0", "1 M", "2 M", "3 M"]],
    [
      [1_000_000_000_001.5, 1_000_000_000_004],
      ["1,000,000,000,001", "1,000,000,000,002", "1,000,000,000,003", "1,000,000,000,004"],
    ],
    [[2.964393875e-314], ["2.6E-314", "2.8E-314", "3E-314", "3.2E-314", "3.4E-314"]],
    [
      [-MAX, MAX],
      ["-1E308", "0", "1E308"],
    ],
    [
      [0, MIN],
      ["-1E-321", "0", "1E-321", "2E-321"],
    ],
  ])("of %j are %j", (values, labels) => {
    expect(labelsOf(...values)).toEqual(labels);
  });
});

test("the axis includes zero for counts", () => {
  expect(valueAxis([40, 42, 44], HEIGHT).ticks[0]).toBe(0);
});

test("the axis excludes zero for values that are far from it and vary little", () => {
  const { ticks, down } = valueAxis([300.5, 302, 304.5], HEIGHT);
  expect(ticks[0]).toBeGreaterThanOrEqual(299);
  expect(down(300.5)).toBeGreaterThan(down(304.5));
});

const EXTREMES = [
  0,
  -0,
  MIN,
  -MIN,
  2.964393875e-314,
  1e-308,
  1e-7,
  0.1,
  1,
  999.9995,
  1e15,
  2 ** 53,
  1e308,
  MAX,
  -MAX,
];

/** Yields reproducible pairs and lists of numbers of all magnitudes, close together and far apart. */
function* domains(): Generator<number[]> {
  for (const one of EXTREMES) for (const other of EXTREMES) yield [one, other];
  let state = 42;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 5000; i++) {
    const base = (random() - 0.5) * 10 ** Math.floor(random() * 600 - 300);
    const spread = base * 10 ** -Math.floor(random() * 18);
    yield [base, base + spread * random(), base - spread * random()].filter(Number.isFinite);
  }
  yield [];
}

test("any finite values give two to five lines inside the plot, with distinct labels", () => {
  for (const values of domains()) {
    const axis = valueAxis(values, HEIGHT);
    const about = JSON.stringify(values);
    expect(axis.ticks.length, about).toBeGreaterThanOrEqual(2);
    expect(axis.ticks.length, about).toBeLessThanOrEqual(5);
    for (const y of [...axis.ticks, ...values].map(axis.down)) {
      expect(y >= 0 && y <= HEIGHT, `${about}: ${y}`).toBe(true);
    }
    for (const locale of ["en", "de", "ar"]) {
      const labels = axisLabels(axis, locale);
      expect(new Set(labels).size, `${about}: ${labels}`).toBe(axis.ticks.length);
    }
  }
});

test("a larger value is never placed lower", () => {
  for (const values of domains()) {
    const { down } = valueAxis(values, HEIGHT);
    const places = values.toSorted((a, b) => a - b).map(down);
    expect(places, JSON.stringify(values)).toEqual(places.toSorted((a, b) => b - a));
  }
});
