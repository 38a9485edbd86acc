/** Ids contain the number of their table, and invalid ids are detected. */
import { expect, test } from "vitest";
import { FIRST_TABLE_NUMBER, LAST_TABLE_NUMBER, newId, tableOfId } from "./id.ts";

test.each([FIRST_TABLE_NUMBER, 129, 255, 256, 10_001, LAST_TABLE_NUMBER])(
  "an id of table %i has 32 characters and contains the table number",
  (table) => {
    const id = newId(table);
    expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{32}$/);
    expect(tableOfId(id)).toBe(table);
  },
);

test("ten thousand ids are all different", () => {
  expect(new Set(Array.from({ length: 10_000 }, () => newId(200))).size).toBe(10_000);
});

test("an id with a changed, removed or added character is invalid", () => {
  const id = newId(300);
  for (let i = 0; i < id.length - 1; i++) {
    const changed = id.slice(0, i) + (id[i] === "0" ? "1" : "0") + id.slice(i + 1);
    expect(tableOfId(changed)).toBeNull();
  }
  for (const text of ["", id.slice(1), `${id}0`, id.toUpperCase(), "a".repeat(32), "not an id"])
    expect(tableOfId(text)).toBeNull();
});

test("a table number that does not fit into an id is rejected", () => {
  expect(() => newId(LAST_TABLE_NUMBER + 1)).toThrow(RangeError);
  expect(() => newId(FIRST_TABLE_NUMBER - 1)).toThrow(RangeError);
});
