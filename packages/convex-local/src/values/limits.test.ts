/** Recognition of values that must be checked, from their JSON. */
import type { JSONValue } from "convex/values";
import { expect, test } from "vitest";
import { mayBeMisshapen } from "./limits.ts";

function nested(depth: number): JSONValue {
  let value: JSONValue = "]}[{";
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { field: value };
  return value;
}

const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 0]));

test.each<[what: string, value: JSONValue, expected: boolean]>([
  ["64 levels", nested(64), false],
  ["65 levels", nested(65), true],
  ["8192 items", new Array(8192).fill(0), false],
  ["8193 items", new Array(8193).fill(0), true],
  ["1024 fields", fields(1024), false],
  ["1025 fields", fields(1025), true],
  ["brackets in strings", ["[[[".repeat(100), '"\\'.repeat(100), "\\"], false],
  ["many shallow lists", new Array(200).fill([[], {}]), false],
])("%s", (_what, value, expected) => {
  expect(mayBeMisshapen(JSON.stringify(value))).toBe(expected);
});
