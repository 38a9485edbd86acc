/** Filter expressions in the format of the published client. */
import type { JSONValue, Value } from "convex/values";
import { expect, test } from "vitest";
import { compileExpression } from "./expression.ts";

const document: Value = { n: 7, i: 5n, s: "x", deep: { er: [1] }, t: true };
const field = (path: string): JSONValue => ({ $field: path });
const literal = (value: JSONValue): JSONValue => ({ $literal: value });
const evaluate = (expression: JSONValue) => compileExpression(expression)(document);

test.each<[JSONValue, Value | undefined]>([
  [{ $eq: [field("n"), literal(7)] }, true],
  [{ $neq: [field("n"), literal(7)] }, false],
  [{ $lt: [field("n"), literal(8)] }, true],
  [{ $gte: [field("s"), literal("x")] }, true],
  [{ $gt: [field("s"), field("n")] }, true],
  [{ $eq: [field("nothing"), literal({ $undefined: null })] }, true],
  [{ $lt: [field("nothing"), literal(null)] }, true],
  [{ $and: [] }, true],
  [{ $or: [] }, false],
  [{ $and: [field("t"), { $not: field("t") }] }, false],
  [{ $or: [{ $not: field("t") }, field("t")] }, true],
  [{ $add: [field("n"), literal(1)] }, 8],
  [{ $sub: [field("i"), { $literal: { $integer: "AQAAAAAAAAA=" } }] }, 4n],
  [{ $mul: [field("n"), literal(2)] }, 14],
  [{ $div: [field("n"), literal(2)] }, 3.5],
  [{ $mod: [field("n"), literal(4)] }, 3],
  [{ $neg: field("i") }, -5n],
  [field("deep.er"), [1]],
  [field("deep.er.x"), undefined],
])("%j yields %o", (expression, expected) => {
  expect(evaluate(expression)).toEqual(expected);
});

test.each<JSONValue>([null, 1, {}, { $what: 1 }, { $eq: [literal(1)] }, { $and: 1 }, { $eq: [], $and: [] }])(
  "%j is rejected",
  (expression) => {
    expect(() => evaluate(expression)).toThrow("Malformed filter expression");
  },
);

test.each<JSONValue>([
  { $not: literal(1) },
  { $add: [literal(1), literal("a")] },
  { $add: [field("n"), field("i")] },
  { $and: [literal(null)] },
])("%j fails when it is evaluated", (expression) => {
  expect(() => evaluate(expression)).toThrow("needs");
});
