import { expect, test } from "vitest";
import { shortName, shownMetric } from "./metric-words.ts";

const WHEN = { now: 2, timeZone: "UTC" };

test("a tile shows a gauge's value, a counter's sum of today and a histogram's mean", () => {
  const today = { since: 1, sum: 9 };
  expect(shownMetric({ kind: "gauge", value: 3, today: null }, WHEN)).toEqual({ value: 3, of: "" });
  expect(shownMetric({ kind: "counter", value: 3, today }, WHEN)).toEqual({ value: 9, of: "today" });
  expect(shownMetric({ kind: "histogram", value: 3, today }, WHEN)).toEqual({ value: 3, of: "mean" });
});

test.each([
  ["tickets", "tickets"],
  ["cost $/h", "cost $/h"],
  ["claude_code.cost.usage", "cost.usage"],
  ["gen_ai.client.token.usage{request.model=o5,token.type=input}", "token.usage o5 input"],
  ["{odd}", "{odd}"],
])("the short name of %s is %s", (name, short) => {
  expect(shortName(name)).toBe(short);
});
