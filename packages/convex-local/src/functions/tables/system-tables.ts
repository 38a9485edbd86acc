/** Tables of the backend itself, and the specifications of all tables. */
import type { TableSpec } from "../../engine/schema-change.ts";
import { checkTableDefinition } from "../../limits/schema-limits.ts";
import type { Registry } from "../modules/registry.ts";

/** Waiting and running jobs of all components. Functions see `_scheduled_functions` instead. */
export const JOBS = "_jobs";
export const SCHEDULED = "_scheduled_functions";
export const STORAGE = "_storage";
/** Imports and exports of the published command line, with their state. */
export const IMPORTS = "_snapshot_imports";
export const EXPORTS = "_exports";
/** The last run and the next due time of each cron job. */
export const CRONS = "_cron_jobs";

/**
 * Returns every table with a schema or an index, of the app and all components.
 *
 * @throws {SchemaLimitError} when a schema exceeds a limit.
 */
export function tableSpecs(registry: Registry): TableSpec[] {
  const specs: TableSpec[] = [];
  for (const { path, schemaJson } of registry.components()) {
    for (const definition of schemaJson?.tables ?? []) checkTableDefinition(definition);
    specs.push({ component: path, name: SCHEDULED, validator: null, indexes: [] });
    specs.push({
      component: path,
      name: STORAGE,
      validator: null,
      indexes: [plain("by_sha256", ["sha256"])],
    });
    if (path === "") {
      specs.push({
        component: "",
        name: JOBS,
        validator: null,
        indexes: [plain("by_due", ["running", "due"]), plain("by_function", ["scheduled"])],
      });
      specs.push({ component: "", name: IMPORTS, validator: null, indexes: [] });
      specs.push({ component: "", name: EXPORTS, validator: null, indexes: [] });
      specs.push({
        component: "",
        name: CRONS,
        validator: null,
        indexes: [plain("by_name", ["component", "name"])],
      });
    }
    for (const table of schemaJson?.tables ?? []) {
      const { tableName, documentType, indexes, searchIndexes, vectorIndexes = [] } = table;
      const { stagedDbIndexes = [], stagedSearchIndexes = [], stagedVectorIndexes = [] } = table;
      specs.push({
        component: path,
        name: tableName,
        validator: schemaJson?.schemaValidation === false ? null : documentType,
        vectorIndexes: vectorIndexes.map(({ indexDescriptor, ...index }) => ({
          ...index,
          name: indexDescriptor,
        })),
        staged: [...stagedDbIndexes, ...stagedSearchIndexes, ...stagedVectorIndexes].map(
          ({ indexDescriptor }) => indexDescriptor,
        ),
        indexes: [
          ...indexes.map(({ indexDescriptor, fields }) => plain(indexDescriptor, fields)),
          ...searchIndexes.map(({ indexDescriptor, searchField, filterFields }) => ({
            name: indexDescriptor,
            kind: "search" as const,
            fields: [searchField, ...filterFields],
          })),
        ],
      });
    }
  }
  return specs;
}

function plain(name: string, fields: readonly string[]): TableSpec["indexes"][number] {
  return { name, kind: "plain", fields: [...fields, "_creationTime", "_id"] };
}
