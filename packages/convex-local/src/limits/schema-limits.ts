/** Checks a schema against Convex's limits: names, indexes of a table, and fields of an index. */
import type { ValidatorJSON } from "convex/values";
import { problemOfIdentifier } from "../values/limits.ts";
import { LIMITS } from "./limits.ts";

type PlainIndex = { indexDescriptor: string; fields: readonly string[] };
type FilterIndex = { indexDescriptor: string; filterFields: readonly string[] };

/** A table of a schema as the published package exports it. */
export type TableDefinition = {
  tableName: string;
  documentType: ValidatorJSON | null;
  indexes: readonly PlainIndex[];
  searchIndexes: readonly FilterIndex[];
  vectorIndexes?: readonly (FilterIndex & { dimensions: number })[];
};

/** A schema exceeds a limit. */
class SchemaLimitError extends Error {
  override name = "SchemaLimitError";
}

/** @throws {SchemaLimitError} when a table exceeds a limit; the message names it. */
export function checkTableDefinition(definition: TableDefinition): void {
  const { tableName, documentType, indexes, searchIndexes, vectorIndexes = [] } = definition;
  if (problemOfIdentifier(tableName) !== null) {
    throw new SchemaLimitError(
      `Invalid table name: "${tableName}". Identifiers must start with a letter and can only contain letters, digits, and underscores.`,
    );
  }
  if (tableName.startsWith("_")) throw new SchemaLimitError(`${tableName} is a reserved table name.`);
  if (indexes.length + searchIndexes.length + vectorIndexes.length > LIMITS.indexesPerTable) {
    throw new SchemaLimitError(
      `Table "${tableName}" cannot have more than ${LIMITS.indexesPerTable} indexes.`,
    );
  }
  const names = new Set<string>();
  for (const { indexDescriptor: name } of [...indexes, ...searchIndexes, ...vectorIndexes]) {
    checkIndexName(tableName, name);
    if (names.has(name)) {
      throw new SchemaLimitError(`Table "${tableName}" has two or more definitions of index "${name}".`);
    }
    names.add(name);
  }
  checkIndexFields(tableName, indexes);
  for (const { filterFields } of [...searchIndexes, ...vectorIndexes]) {
    if (filterFields.length > LIMITS.filterFields) {
      throw new SchemaLimitError(
        `In table "${tableName}": Search indexes may have up to ${LIMITS.filterFields} filter fields.`,
      );
    }
  }
  for (const { dimensions } of vectorIndexes) {
    if (!(dimensions >= LIMITS.leastDimensions && dimensions <= LIMITS.mostDimensions)) {
      throw new SchemaLimitError(
        `Dimensions ${dimensions} must be between ${LIMITS.leastDimensions} and ${LIMITS.mostDimensions}.`,
      );
    }
  }
  if (documentType !== null) checkFieldNames(documentType);
}

function checkIndexName(tableName: string, name: string): void {
  if (name.startsWith("_") || name === "by_id" || name === "by_creation_time") {
    throw new SchemaLimitError(
      `In table "${tableName}" cannot name an index "${name}" because the name is reserved. Indexes may not start with an underscore or be named "by_id" or "by_creation_time".`,
    );
  }
  if (problemOfIdentifier(name) !== null) {
    throw new SchemaLimitError(
      `In table "${tableName}": Invalid index name: "${name}". Identifiers must be ${LIMITS.identifierLength} characters or less, start with a letter, and only contain letters, digits, underscores.`,
    );
  }
}

function checkIndexFields(tableName: string, indexes: readonly PlainIndex[]): void {
  const byFields = new Map<string, string>();
  for (const { indexDescriptor: name, fields } of indexes) {
    if (fields.length > LIMITS.indexFields) {
      throw new SchemaLimitError(
        `In table "${tableName}": Indexes may have up to ${LIMITS.indexFields} fields.`,
      );
    }
    const twice = fields.find((field, i) => fields.indexOf(field) < i);
    if (twice !== undefined) {
      throw new SchemaLimitError(
        `In table "${tableName}": Duplicate field ${twice}. Index fields must be unique within an index.`,
      );
    }
    const same = byFields.get(fields.join("\n"));
    if (same !== undefined) {
      throw new SchemaLimitError(
        `In table "${tableName}" index "${same}" and index "${name}" have the same fields. Indexes must be unique within a table.`,
      );
    }
    byFields.set(fields.join("\n"), name);
  }
}

/** Fields of objects in a schema are identifiers, at every depth. */
function checkFieldNames(validator: ValidatorJSON): void {
  switch (validator.type) {
    case "object":
      for (const [name, { fieldType }] of Object.entries(validator.value)) {
        const problem = problemOfIdentifier(name);
        if (problem !== null) throw new SchemaLimitError(problem);
        checkFieldNames(fieldType);
      }
      return;
    case "array":
      checkFieldNames(validator.value);
      return;
    case "union":
      for (const member of validator.value) checkFieldNames(member);
      return;
    case "record":
      checkFieldNames(validator.values.fieldType);
      return;
  }
}
