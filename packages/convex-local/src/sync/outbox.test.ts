import { expect, test } from "vitest";
import { split } from "./outbox.ts";

test("splits a text into parts that together are the text", () => {
  expect(split("abcdefg", 3)).toEqual(["abc", "def", "g"]);
  expect(split("abc", 3)).toEqual(["abc"]);
});

test("never splits a surrogate pair", () => {
  const parts = split("a😀b😀😀", 2);
  expect(parts.join("")).toBe("a😀b😀😀");
  for (const part of parts) expect(part.isWellFormed()).toBe(true);
});
