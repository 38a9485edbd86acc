import { convexToJson } from "convex/values";
import { expect, test } from "vitest";
import { cleanJson } from "./clean-json.ts";

test("converts nested values that JSON does not support to strings", () => {
  const value = {
    n: [1n, Number.NaN, -Infinity, 1.5],
    b: new Uint8Array([1, 2]).buffer,
    s: "x",
    none: null,
    yes: true,
  };
  expect(cleanJson(convexToJson(value))).toEqual({
    n: ["1", "NaN", "-Infinity", 1.5],
    b: "AQI=",
    s: "x",
    none: null,
    yes: true,
  });
});
