/** Checks values against exported validators: documents of a schema, arguments and results of a function. */
import { CommitTsPlaceholder, convexToJson, type ValidatorJSON, type Value } from "convex/values";
import { isObject } from "./document.ts";

export type Violation = { message: string; path: string; value: Value | undefined; validator: ValidatorJSON };

/** Returns whether `id` is an id of the table with this name in the calling component. */
export type IdCheck = (tableName: string, id: string) => boolean;

/** Returns the first violation, or null if the value matches. */
export function findViolation(
  validator: ValidatorJSON,
  value: Value | undefined,
  isId: IdCheck,
  path = "",
): Violation | null {
  const fail = (message = "Value does not match validator."): Violation => ({
    message,
    path,
    value,
    validator,
  });
  const plain = (good: boolean): Violation | null => (good ? null : fail());
  switch (validator.type) {
    case "null":
      return plain(value === null);
    case "number":
      return plain(typeof value === "number");
    case "bigint":
      return plain(typeof value === "bigint" || value instanceof CommitTsPlaceholder);
    case "boolean":
      return plain(typeof value === "boolean");
    case "string":
      return plain(typeof value === "string");
    case "bytes":
      return plain(value instanceof ArrayBuffer);
    case "any":
      return plain(value !== undefined);
    case "literal":
      return plain(sameLiteral(validator.value, value));
    case "id":
      if (typeof value !== "string") return fail();
      return isId(validator.tableName, value)
        ? null
        : fail(`Found ID "${value}" which does not belong to table "${validator.tableName}".`);
    case "array": {
      if (!Array.isArray(value)) return fail();
      for (const [i, item] of value.entries()) {
        const violation = findViolation(validator.value, item, isId, `${path}[${i}]`);
        if (violation) return violation;
      }
      return null;
    }
    case "union": {
      let only: Violation | null = null;
      for (const member of validator.value) {
        const violation = findViolation(member, value, isId, path);
        if (!violation) return null;
        only = violation;
      }
      return validator.value.length === 1 ? only : fail();
    }
    case "record": {
      if (!isObject(value)) return fail();
      for (const [key, item] of Object.entries(value)) {
        if (item === undefined) continue;
        const violation =
          findViolation(validator.keys, key, isId, `${path}.${key}`) ??
          findViolation(validator.values.fieldType, item, isId, `${path}.${key}`);
        if (violation) return violation;
      }
      return null;
    }
    case "object": {
      if (!isObject(value)) return fail();
      for (const [field, { fieldType, optional }] of Object.entries(validator.value)) {
        const item = Object.hasOwn(value, field) ? value[field] : undefined;
        if (item === undefined) {
          if (optional) continue;
          return fail(
            `Object is missing the required field \`${field}\`. Consider wrapping the field validator in \`v.optional(...)\` if this is expected.`,
          );
        }
        const violation = findViolation(fieldType, item, isId, `${path}.${field}`);
        if (violation) return violation;
      }
      for (const field of Object.keys(value)) {
        if (value[field] !== undefined && !Object.hasOwn(validator.value, field)) {
          return fail(`Object contains extra field \`${field}\` that is not in the validator.`);
        }
      }
      return null;
    }
    default:
      // A commit timestamp (1.48, missing in the public type): unresolved, or already a bigint.
      return plain(typeof value === "bigint" || value instanceof CommitTsPlaceholder);
  }
}

/** Returns the message of a violation in Convex's words, in several lines. */
export function describeViolation(violation: Violation): string {
  const { message, path, value, validator } = violation;
  const lines = [message];
  if (path !== "") lines.push(`Path: ${path}`);
  const label = validator.type === "object" && message.startsWith("Object") ? "Object" : "Value";
  lines.push(`${label}: ${describeValue(value)}`, `Validator: ${describeValidator(validator)}`);
  return `${lines[0]}\n${lines.slice(1).join("\n")}`;
}

function describeValue(value: Value | undefined): string {
  if (value === undefined) return "undefined";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" && Number.isInteger(value)) return value.toFixed(1);
  const text = JSON.stringify(convexToJson(value));
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}

/** Returns a validator as it is written in a schema. */
function describeValidator(validator: ValidatorJSON): string {
  switch (validator.type) {
    case "number":
      return "v.float64()";
    case "bigint":
      return "v.int64()";
    case "literal":
      return `v.literal(${describeValue(typeof validator.value === "object" ? null : validator.value)})`;
    case "id":
      return `v.id("${validator.tableName}")`;
    case "array":
      return `v.array(${describeValidator(validator.value)})`;
    case "union":
      return `v.union(${validator.value.map(describeValidator).join(", ")})`;
    case "record":
      return `v.record(${describeValidator(validator.keys)}, ${describeValidator(validator.values.fieldType)})`;
    case "object": {
      const fields = Object.entries(validator.value).map(([field, { fieldType, optional }]) => {
        const inner = describeValidator(fieldType);
        return `${field}: ${optional ? `v.optional(${inner})` : inner}`;
      });
      return `v.object({${fields.join(", ")}})`;
    }
    default:
      return `v.${validator.type}()`;
  }
}

/** Compares with an exported literal. In JSON, a bigint is an object. */
function sameLiteral(literal: unknown, value: Value | undefined): boolean {
  if (typeof value === "bigint") return JSON.stringify(convexToJson(value)) === JSON.stringify(literal);
  return literal === value;
}
