import { expect, test } from "vitest";
import { canonicalPath } from "./function-path.ts";

test.each([
  ["messages:list", "messages:list"],
  ["messages.js:list", "messages:list"],
  ["messages.ts:list", "messages:list"],
  ["folder/messages:list", "folder/messages:list"],
  ["messages", "messages:default"],
  ["a:b:c", "a:b:c"],
])("converts %s to %s", (path, canonical) => {
  expect(canonicalPath(path)).toBe(canonical);
});
