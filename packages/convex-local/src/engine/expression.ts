/** Evaluates `filter` expressions, as the published client serializes them, on one document. */
import { compareValues, type JSONValue, jsonToConvex, type Value } from "convex/values";
import { fieldAt } from "../values/document.ts";

/** A compiled expression. */
export type Expression = (document: Value) => Value | undefined;

type Compare = (order: number) => boolean;

const COMPARISONS: Record<string, Compare> = {
  $eq: (order) => order === 0,
  $neq: (order) => order !== 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

const ARITHMETIC: Record<
  string,
  { float: (a: number, b: number) => number; int: (a: bigint, b: bigint) => bigint }
> = {
  $add: { float: (a, b) => a + b, int: (a, b) => a + b },
  $sub: { float: (a, b) => a - b, int: (a, b) => a - b },
  $mul: { float: (a, b) => a * b, int: (a, b) => a * b },
  $div: { float: (a, b) => a / b, int: (a, b) => a / b },
  $mod: { float: (a, b) => a % b, int: (a, b) => a % b },
};

/**
 * Compiles an expression.
 *
 * @throws {Error} when an operator is unknown or has the wrong operands.
 */
export function compileExpression(json: JSONValue): Expression {
  if (json === null || typeof json !== "object" || Array.isArray(json)) throw malformed(json);
  const [entry, ...others] = Object.entries(json);
  if (!entry || others.length > 0) throw malformed(json);
  const [operator, operand] = entry;
  if (operator === "$literal") {
    const value = literalFromJson(operand);
    return () => value;
  }
  if (operator === "$field") {
    const path = String(operand);
    return (document) => fieldAt(document, path);
  }
  if (operator === "$not") {
    const inner = compileExpression(operand);
    return (document) => !isTrue(inner(document), operator);
  }
  if (operator === "$neg") {
    const inner = compileExpression(operand);
    return (document) => negate(inner(document));
  }
  if (!Array.isArray(operand)) throw malformed(json);
  const parts = operand.map(compileExpression);
  if (operator === "$and") return (document) => parts.every((part) => isTrue(part(document), operator));
  if (operator === "$or") return (document) => parts.some((part) => isTrue(part(document), operator));
  const [left, right] = parts;
  if (!left || !right || parts.length !== 2) throw malformed(json);
  const compare = COMPARISONS[operator];
  if (compare) return (document) => compare(compareValues(left(document), right(document)));
  const arithmetic = ARITHMETIC[operator];
  if (!arithmetic) throw malformed(json);
  return (document) => {
    const a = left(document);
    const b = right(document);
    if (typeof a === "number" && typeof b === "number") return arithmetic.float(a, b);
    if (typeof a === "bigint" && typeof b === "bigint") return BigInt.asIntN(64, arithmetic.int(a, b));
    throw new Error(`Filter operator ${operator} needs two numbers of the same kind.`);
  };
}

/** Converts JSON to a value; `{$undefined: null}` stands for a missing field. */
export function literalFromJson(json: JSONValue): Value | undefined {
  if (json !== null && typeof json === "object" && !Array.isArray(json) && "$undefined" in json)
    return undefined;
  return jsonToConvex(json);
}

function isTrue(value: Value | undefined, operator: string): boolean {
  if (typeof value !== "boolean") throw new Error(`Filter operator ${operator} needs a boolean.`);
  return value;
}

function negate(value: Value | undefined): Value {
  if (typeof value === "number") return -value;
  if (typeof value === "bigint") return BigInt.asIntN(64, -value);
  throw new Error("Filter operator $neg needs a number.");
}

function malformed(json: JSONValue): Error {
  return new Error(`Malformed filter expression: ${JSON.stringify(json)}`);
}
