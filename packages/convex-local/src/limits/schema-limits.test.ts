/** Limits of a schema. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { expect, test } from "vitest";
import { checkTableDefinition, type TableDefinition } from "./schema-limits.ts";

/** Returns a table with this many indexes, each on one field. */
function withIndexes(count: number): TableDefinition {
  const indexes = Array.from({ length: count }, (_, i) => ({ indexDescriptor: `i${i}`, fields: [`f${i}`] }));
  return { tableName: "rows", documentType: null, indexes, searchIndexes: [] };
}

function withIndex(indexDescriptor: string, fields: string[]): TableDefinition {
  return {
    tableName: "rows",
    documentType: null,
    indexes: [{ indexDescriptor, fields }],
    searchIndexes: [],
  };
}

const fields = (count: number) => Array.from({ length: count }, (_, i) => `f${i}`);

const withFilters = (count: number): TableDefinition => ({
  ...withIndexes(0),
  searchIndexes: [{ indexDescriptor: "by_text", filterFields: fields(count) }],
});

const withDimensions = (dimensions: number): TableDefinition => ({
  ...withIndexes(0),
  vectorIndexes: [{ indexDescriptor: "by_vector", filterFields: [], dimensions }],
});

const named = (tableName: string): TableDefinition => ({ ...withIndexes(0), tableName });

const withField = (name: string): TableDefinition => ({
  ...withIndexes(0),
  documentType: {
    type: "union",
    value: [{ type: "object", value: { [name]: { fieldType: { type: "null" }, optional: false } } }],
  },
});

test.each<[what: string, allowed: TableDefinition, rejected: TableDefinition, message: string]>([
  ["64 indexes", withIndexes(64), withIndexes(65), 'Table "rows" cannot have more than 64 indexes.'],
  [
    "16 fields of an index",
    withIndex("i", fields(16)),
    withIndex("i", fields(17)),
    'In table "rows": Indexes may have up to 16 fields.',
  ],
  [
    "4096 dimensions of vectors",
    withDimensions(4096),
    withDimensions(4097),
    "Dimensions 4097 must be between 2 and 4096.",
  ],
  [
    "16 filter fields",
    withFilters(16),
    withFilters(17),
    'In table "rows": Search indexes may have up to 16 filter fields.',
  ],
  [
    "64 characters of an index name",
    withIndex("i".repeat(64), ["a"]),
    withIndex("i".repeat(65), ["a"]),
    "Identifiers must be 64 characters or less, start with a letter",
  ],
  [
    "64 characters of a table name",
    named("t".repeat(64)),
    named("t".repeat(65)),
    `Invalid table name: "${"t".repeat(65)}". Identifiers must start with a letter`,
  ],
  [
    "64 characters of a field name",
    withField("f".repeat(64)),
    withField("f".repeat(65)),
    "Identifier is too long (65 > maximum 64)",
  ],
  ["names that begin with a letter", named("t9"), named("9t"), 'Invalid table name: "9t".'],
])("allows %s", (_what, allowed, rejected, message) => {
  checkTableDefinition(allowed);
  expect(() => checkTableDefinition(rejected)).toThrow(message);
});

test.each<[rejected: TableDefinition, message: string]>([
  [named("_mine"), "_mine is a reserved table name."],
  [withIndex("by_id", ["a"]), 'cannot name an index "by_id" because the name is reserved'],
  [withIndex("i", ["a", "a"]), "Duplicate field a. Index fields must be unique within an index."],
  [
    { ...withIndexes(2), indexes: [...withIndex("a", ["x"]).indexes, ...withIndex("b", ["x"]).indexes] },
    'In table "rows" index "a" and index "b" have the same fields.',
  ],
  [
    { ...withIndexes(1), searchIndexes: [{ indexDescriptor: "i0", filterFields: [] }] },
    'Table "rows" has two or more definitions of index "i0".',
  ],
])("rejects a reserved or repeated name: %#", (rejected, message) => {
  expect(() => checkTableDefinition(rejected)).toThrow(message);
});

test("allows the schema of a usual app", () => {
  const schema = defineSchema({
    users: defineTable({ name: v.string(), tags: v.array(v.object({ tag: v.string() })) })
      .index("by_name", ["name"])
      .searchIndex("search_name", { searchField: "name", filterFields: ["tags"] }),
  });
  const { tables }: { tables: TableDefinition[] } = JSON.parse(
    Reflect.apply(Reflect.get(schema, "export"), schema, []),
  );
  for (const definition of tables) checkTableDefinition(definition);
  expect(tables).toHaveLength(1);
});
