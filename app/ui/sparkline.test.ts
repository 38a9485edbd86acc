import { expect, test } from "vitest";
import { sparklinePath } from "./sparkline.tsx";

const HOUR = 3_600_000;

test("a sparkline spans the full width, with the highest value at the top", () => {
  expect(
    sparklinePath(
      [
        { at: 0, value: 1 },
        { at: HOUR, value: 3 },
      ],
      HOUR,
    ),
  ).toBe("M2,26h0L118,2");
});

test("a gap interrupts the line, and an isolated point is a dot", () => {
  const path = sparklinePath(
    [
      { at: 0, value: 1 },
      { at: 5 * HOUR, value: 1 },
    ],
    HOUR,
  );
  expect(path.match(/M/g)).toHaveLength(2);
  expect(sparklinePath([{ at: 0, value: 1 }], HOUR)).toBe("M118,14h0");
});

test("no points give an empty path, and the largest numbers a finite one", () => {
  expect(sparklinePath([], HOUR)).toBe("");
  const ends = [
    { at: 0, value: -Number.MAX_VALUE },
    { at: HOUR, value: Number.MAX_VALUE },
  ];
  expect(sparklinePath(ends, HOUR)).toBe("M2,26h0L118,2");
});
