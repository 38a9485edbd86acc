import { expect, test } from "vitest";
import { initials } from "./avatar.tsx";

test.each([
  ["Ada Lovelace", "ada@example.com", "AL"],
  ["Ada", "x@example.com", "A"],
  ["  Grace  Brewster Hopper ", "x@example.com", "GH"],
  ["Élodie 😀", "x@example.com", "É😀"],
  [null, "someone@example.com", "S"],
  ["", "", "?"],
])("the initials of %s (%s) are %s", (name, email, letters) => {
  expect(initials(name, email)).toBe(letters);
});
