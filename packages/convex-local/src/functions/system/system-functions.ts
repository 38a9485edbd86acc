/**
 * Functions of the backend itself, which the published command line calls with the admin key: queries of tables,
 * documents, environment variables, functions, imports and exports. Clients can subscribe to them.
 */
import { internalQueryGeneric, paginationOptsValidator } from "convex/server";
import { type JSONValue, v } from "convex/values";
import type { DocumentValue } from "../../values/document.ts";
import { afterPrefix } from "../../values/key.ts";
import { currentCall } from "../execution/call-context.ts";
import type { Registry } from "../modules/registry.ts";
import { EXPORTS, IMPORTS } from "../tables/system-tables.ts";

/** Variables that the backend sets, which are not listed. */
const BUILT_IN = new Set(["CONVEX_CLOUD_URL", "CONVEX_SITE_URL", "CONVEX_URL"]);

/** Imports and exports that are found. */
const NEWEST = 100;

type Variable = { name: string; value: string };

/** Returns the functions by their path. Each is a function of every component. */
export function systemFunctions(registry: Registry): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ["_system/cli/tables:default", tables],
    ["_system/cli/tableData:default", tableData],
    ["_system/cli/queryEnvironmentVariables:default", variables],
    ["_system/cli/queryEnvironmentVariables:get", variable],
    ["_system/cli/queryImport:default", importById],
    ["_system/cli/queryImport:list", imports],
    ["_system/cli/exports:getLatest", latestExport],
    ["_system/cli/modules:apiSpec", apiSpec(registry)],
    ["_system/frontend/components:list", components(registry)],
  ]);
}

const tables = internalQueryGeneric({
  args: { paginationOpts: paginationOptsValidator },
  handler: async () => {
    const { component, reader } = currentCall();
    const page = [...(reader?.catalog.tables() ?? [])]
      .filter((table) => table.component === component && !table.name.startsWith("_"))
      .map(({ name }) => ({ name }));
    return { page, isDone: true, continueCursor: "" };
  },
});

const tableData = internalQueryGeneric({
  args: {
    table: v.string(),
    order: v.union(v.literal("asc"), v.literal("desc")),
    paginationOpts: paginationOptsValidator,
  },
  handler: (ctx, { table, order, paginationOpts }) => {
    const isSystem = table === "_storage" || table === "_scheduled_functions";
    const all = isSystem ? ctx.db.system.query(table) : ctx.db.query(table);
    return all.order(order).paginate(paginationOpts);
  },
});

const variables = internalQueryGeneric({ args: {}, handler: async () => allVariables() });

const variable = internalQueryGeneric({
  args: { name: v.string() },
  handler: async (_ctx, { name }) => allVariables().find((one) => one.name === name) ?? null,
});

function allVariables(): Variable[] {
  return Object.entries(process.env)
    .flatMap(([name, value]) => (value === undefined || BUILT_IN.has(name) ? [] : [{ name, value }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const imports = internalQueryGeneric({ args: {}, handler: async () => newest(IMPORTS) });

const importById = internalQueryGeneric({
  args: { importId: v.string() },
  handler: async (_ctx, { importId }) => newest(IMPORTS).find(({ _id }) => _id === importId) ?? null,
});

const latestExport = internalQueryGeneric({
  args: {},
  handler: async () => newest(EXPORTS)[0] ?? null,
});

/** Returns the newest documents of a table that functions of the app cannot read, newest first. */
function newest(name: string): DocumentValue[] {
  const { reader } = currentCall();
  const table = reader?.catalog.find("", name);
  if (!reader || !table) return [];
  reader.reads.add(table.byCreation, "", afterPrefix(""));
  return reader
    .scan(table.byCreation, "", afterPrefix(""), "desc", NEWEST)
    .map(({ document }) => document.value);
}

function apiSpec(registry: Registry): unknown {
  return internalQueryGeneric({
    args: {},
    handler: async (): Promise<JSONValue[]> => {
      const { functions } = registry.component(currentCall().component) ?? { functions: new Map() };
      const specs: JSONValue[] = [];
      for (const { path, kind, internal } of functions.values()) {
        const colon = path.lastIndexOf(":");
        specs.push({
          functionType: kind === "query" ? "Query" : kind === "mutation" ? "Mutation" : "Action",
          identifier: `${path.slice(0, colon)}.js${path.slice(colon)}`,
          visibility: { kind: internal ? "internal" : "public" },
        });
      }
      return specs;
    },
  });
}

function components(registry: Registry): unknown {
  return internalQueryGeneric({
    args: {},
    handler: async () => [...registry.components()].map(({ path }) => ({ id: path, path, name: path })),
  });
}
