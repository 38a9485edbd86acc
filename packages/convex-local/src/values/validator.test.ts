/** Exported validators, and the messages for values that they reject. */
import { type GenericValidator, type ValidatorJSON, type Value, v } from "convex/values";
import { expect, test } from "vitest";
import { describeViolation, findViolation } from "./validator.ts";

const isId = (table: string, id: string): boolean => id === `an id of ${table}`;

function check(validator: GenericValidator, value: Value | undefined): string | null {
  const violation = findViolation((validator as unknown as { json: ValidatorJSON }).json, value, isId);
  return violation && describeViolation(violation);
}

test.each<[GenericValidator, Value]>([
  [v.null(), null],
  [v.number(), Number.NaN],
  [v.int64(), 1n],
  [v.boolean(), false],
  [v.string(), ""],
  [v.bytes(), new ArrayBuffer(1)],
  [v.any(), { a: [1n] }],
  [v.literal("a"), "a"],
  [v.literal(5n), 5n],
  [v.id("notes"), "an id of notes"],
  [v.array(v.number()), [1, 2]],
  [v.union(v.null(), v.literal(1)), 1],
  [v.record(v.string(), v.number()), { a: 1 }],
  [v.object({ a: v.optional(v.number()) }), {}],
  [v.object({ a: v.object({ b: v.string() }) }), { a: { b: "x" } }],
])("accepts a matching value: case %#", (validator, value) => {
  expect(check(validator, value)).toBeNull();
});

test.each<[GenericValidator, Value, string]>([
  [v.number(), 1n, "Value does not match validator.\nValue: 1n\nValidator: v.float64()"],
  [v.literal("a"), "b", 'Validator: v.literal("a")'],
  [v.literal(5n), 5, "Value does not match"],
  [v.id("notes"), "an id of books", 'does not belong to table "notes"'],
  [v.array(v.string()), ["a", 1], "Path: [1]"],
  [v.object({ a: v.object({ b: v.string() }) }), { a: { b: 1 } }, "Path: .a.b"],
  [v.object({ a: v.number() }), {}, "missing the required field `a`"],
  [v.object({}), { more: 1 }, "extra field `more`"],
  [v.object({ a: v.number() }), [], "Value does not match"],
  [v.union(v.string(), v.null()), 1, "v.union(v.string(), v.null())"],
  [v.record(v.id("notes"), v.number()), { x: 1 }, "Path: .x"],
])("rejects a value that does not match, with a message: case %#", (validator, value, message) => {
  expect(check(validator, value)).toContain(message);
});

test("a field with the name of an inherited property is not confused with it", () => {
  expect(check(v.object({ toString: v.string() }), {})).toContain("missing");
  expect(check(v.object({}), { constructor: 1 })).toContain("extra field");
});
