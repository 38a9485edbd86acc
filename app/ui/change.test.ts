import { expect, test } from "vitest";
import { changeOf } from "./change.ts";

test("a rise has a plus sign, an up arrow and words", () => {
  expect(changeOf(100, 112, "en")).toEqual({
    arrow: "↑",
    short: "+12 (+12 %)",
    brief: "+12 %",
    words: "up 12, 12 percent",
  });
});

test("a fall has a minus sign, a down arrow and words", () => {
  expect(changeOf(8, 6, "en")).toMatchObject({
    arrow: "↓",
    short: "−2 (−25 %)",
    words: "down 2, 25 percent",
  });
});

test("a change from zero has no percentage", () => {
  expect(changeOf(0, 3, "en")).toEqual({ arrow: "↑", short: "+3", brief: "+3", words: "up 3" });
});

test("a difference that rounds to zero is no change", () => {
  expect(changeOf(1, 1.0001, "en").short).toBe("no change");
  expect(changeOf(5, 5, "en").words).toBe("no change");
});

test("a change between the largest numbers stays finite", () => {
  expect(changeOf(-Number.MAX_VALUE, Number.MAX_VALUE, "en").words).toBe("up 1.8E308, 100 percent");
});
