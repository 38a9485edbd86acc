import { expect, it } from "vitest";
import { isUnreachable } from "./unreachable.ts";

it.each([
  ["Failed to fetch", true],
  ["Load failed", true],
  ["NetworkError when attempting to fetch resource.", true],
  ["The network connection was lost.", true],
  ["Failed to fetch dynamically imported module: /assets/x.js", false],
  ["Cannot read properties of undefined (reading 'fetch')", false],
  ["network is not a function", false],
])("a TypeError with the message %j is a network failure: %s", (message, expected) => {
  expect(isUnreachable(new TypeError(message))).toBe(expected);
});

it("does not take another kind of error for a network failure", () => {
  expect(isUnreachable(new Error("Failed to fetch"))).toBe(false);
  expect(isUnreachable("Failed to fetch")).toBe(false);
});
