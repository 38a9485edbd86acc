import { expect, test } from "vitest";
import { keepEqual } from "./unchanged.ts";

test("the earlier object stays as long as the content is the same", () => {
  const before = { at: 1, names: ["a"] };
  expect(keepEqual(before, { at: 1, names: ["a"] })).toBe(before);
  const after = { at: 1, names: ["b"] };
  expect(keepEqual(before, after)).toBe(after);
  expect(keepEqual(null, after)).toBe(after);
});
