import { expect, test } from "vitest";
import { asTabbed, sorted, sortIn } from "./totals-table.ts";

const ROWS = [
  { agent: "a", name: "tokens", today: 1, last7d: 30, last30d: 40 },
  { agent: "b", name: "cost", today: 5, last7d: 20, last30d: 90 },
  { agent: "c", name: "tokens", today: 5, last7d: 25, last30d: 41.125 },
];

test.each([
  ["?sort=today", ["b", "c", "a"]],
  ["?sort=last7d", ["a", "c", "b"]],
  ["?sort=last30d", ["b", "c", "a"]],
  ["?sort=name", ["b", "a", "c"]],
  ["?sort=__proto__", ["a", "b", "c"]],
  ["", ["a", "b", "c"]],
])("totals with %s are in the order %j", (search, order) => {
  expect(sorted(ROWS, sortIn(search)).map(({ agent }) => agent)).toEqual(order);
});

test("copied totals have full numbers, and no name that a spreadsheet takes as a formula", () => {
  const [row] = ROWS;
  expect(asTabbed([{ agent: "=1+1", name: "cost", today: 0, last7d: 1234567.125, last30d: 1e21 }])).toBe(
    "Agent\tMetric\tToday\t7 days\t30 days\n'=1+1\tcost\t0\t1234567.125\t1e+21",
  );
  expect(row && asTabbed([row]).split("\n")[1]).toBe("a\ttokens\t1\t30\t40");
});
