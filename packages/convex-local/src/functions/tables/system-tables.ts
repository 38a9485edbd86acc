/** Tables that the backend itself keeps, beside those of the schemas; and the schemas as tables to bring about. */
import type { TableSpec } from "../../engine/schema-change.ts";
import type { Registry } from "../modules/registry.ts";

/** Jobs that are waiting or running, of all components; what functions see of them is `_scheduled_functions`. */
export const JOBS = "_jobs";
export const SCHEDULED = "_scheduled_functions";
export const STORAGE = "_storage";
/** When each cron job last ran and is next due. */
export const CRONS = "_cron_jobs";

/** Every table with a schema or an index, of the app and all components. */
export function tableSpecs(registry: Registry): TableSpec[] {
  const specs: TableSpec[] = [];
  for (const { path, schemaJson } of registry.components()) {
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
      specs.push({
        component: "",
        name: CRONS,
        validator: null,
        indexes: [plain("by_name", ["component", "name"])],
      });
    }
    for (const { tableName, documentType, indexes, searchIndexes } of schemaJson?.tables ?? []) {
      specs.push({
        component: path,
        name: tableName,
        validator: schemaJson?.schemaValidation === false ? null : documentType,
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
