import { expect, test } from "vitest";
import { split } from "./outbox.ts";

test("a text is cut into pieces that together are the text", () => {
  expect(split("abcdefg", 3)).toEqual(["abc", "def", "g"]);
  expect(split("abc", 3)).toEqual(["abc"]);
});

test("a cut never falls inside of a character", () => {
  const parts = split("a😀b😀😀", 2);
  expect(parts.join("")).toBe("a😀b😀😀");
  for (const part of parts) expect(part.isWellFormed()).toBe(true);
});
