/**
 * Changes the schema of the database: checks existing documents, fills new indexes before queries can use them, and
 * drops old ones. Readers see no change until all documents have been checked.
 */
import type { ValidatorJSON } from "convex/values";
import { afterKey, afterPrefix, type Key } from "../values/key.ts";
import { describeViolation, findViolation } from "../values/validator.ts";
import { BY_CREATION, BY_ID, type Index, type Table, type VectorIndex } from "./catalog.ts";
import type { Engine } from "./engine.ts";
import { keysIn } from "./index-keys.ts";

export type IndexSpec = { name: string; kind: Index["kind"]; fields: readonly string[] };
export type TableSpec = {
  component: string;
  name: string;
  validator: ValidatorJSON | null;
  indexes: readonly IndexSpec[];
  vectorIndexes?: readonly VectorIndex[];
  /** Names of staged indexes. */
  staged?: readonly string[];
};

/** Documents or index entries that are processed before other work of the thread gets a turn. */
const CHUNK = 500;

/** Name under which the store keeps the validator that all documents of each table match. */
const CHECKED = "validators";

/** An existing document does not match the new schema. */
class SchemaError extends Error {
  override name = "SchemaError";
}

/**
 * Changes the schema.
 *
 * @param engine - The database.
 * @param specs - All tables with a schema, of all components.
 * @param yieldTurn - Called between chunks, so that reads can continue.
 * @throws {SchemaError} when a document does not match; the message names the first one.
 */
export async function changeSchema(
  engine: Engine,
  specs: readonly TableSpec[],
  yieldTurn: () => Promise<void>,
): Promise<void> {
  const { catalog } = engine;
  const wanted = specs.map((spec) => ({ spec, table: catalog.table(spec.component, spec.name) }));
  const checked = new Map<number, string>(JSON.parse(engine.store.meta(CHECKED) ?? "[]"));
  for (const { spec, table } of wanted) {
    if (spec.validator !== null && JSON.stringify(spec.validator) !== checked.get(table.number)) {
      await checkDocuments(engine, table, spec.validator, yieldTurn);
    }
  }
  const fresh: Index[] = [];
  try {
    for (const { spec, table } of wanted) {
      for (const index of spec.indexes) {
        if (sameIndex(table.indexes.get(index.name), index)) continue;
        engine.store.begin();
        const added = catalog.addIndex(table, index.name, index.kind, index.fields);
        fresh.push(added);
        await fill(engine, added, yieldTurn);
      }
    }
  } catch (error) {
    for (const index of fresh) await drop(engine, index, yieldTurn);
    throw error;
  }
  const old = findOld(wanted, catalog.tables());
  const validated = JSON.stringify(
    wanted.map(({ spec, table }) => [table.number, JSON.stringify(spec.validator)]),
  );
  if (fresh.length > 0 || catalog.hasUnsaved || validated !== engine.store.meta(CHECKED)) {
    engine.store.begin();
    for (const index of fresh) catalog.publish(index);
    catalog.save();
    engine.store.setMeta(CHECKED, validated);
  }
  for (const table of catalog.tables()) {
    table.validator = null;
    table.vectorIndexes = [];
    table.staged = [];
  }
  for (const { spec, table } of wanted) {
    table.validator = spec.validator;
    table.vectorIndexes = spec.vectorIndexes ?? [];
    table.staged = spec.staged ?? [];
  }
  engine.flush();
  for (const index of old) await drop(engine, index, yieldTurn);
}

function sameIndex(index: Index | undefined, spec: IndexSpec): boolean {
  return (
    index !== undefined &&
    index.kind === spec.kind &&
    JSON.stringify(index.fields) === JSON.stringify(spec.fields)
  );
}

/** Returns indexes that are no longer in a schema, and those that an interrupted change left partly filled. */
function findOld(wanted: readonly { spec: TableSpec; table: Table }[], tables: Iterable<Table>): Index[] {
  const specs = new Map(wanted.map(({ spec, table }) => [table, spec]));
  const old: Index[] = [];
  for (const table of tables) {
    for (const index of table.maintained) {
      if (index.name === BY_ID || index.name === BY_CREATION) continue;
      const kept = specs
        .get(table)
        ?.indexes.some((spec) => spec.name === index.name && sameIndex(index, spec));
      const unpublished = table.indexes.get(index.name) !== index;
      if (!kept || (unpublished && table.indexes.has(index.name))) old.push(index);
    }
  }
  return old;
}

async function checkDocuments(
  engine: Engine,
  table: Table,
  validator: ValidatorJSON,
  yieldTurn: () => Promise<void>,
): Promise<void> {
  const { catalog } = engine;
  const isId = (name: string, id: string): boolean => {
    const of = catalog.tableIn(table.component, id);
    return of !== null && of === catalog.find(table.component, name);
  };
  for await (const document of everyDocument(engine, table, yieldTurn)) {
    const { _id, _creationTime, ...fields } = document.value;
    const violation = findViolation(validator, fields, isId);
    if (violation) {
      throw new SchemaError(
        `Schema validation failed.\nDocument with ID "${_id}" in table "${table.name}" does not match the schema: ${describeViolation(violation)}`,
      );
    }
  }
}

async function fill(engine: Engine, index: Index, yieldTurn: () => Promise<void>): Promise<void> {
  for await (const document of everyDocument(engine, index.table, yieldTurn)) {
    engine.store.begin();
    for (const key of keysIn(index, document)) engine.store.insertEntry(index.id, key, document.row ?? 0);
  }
}

async function drop(engine: Engine, index: Index, yieldTurn: () => Promise<void>): Promise<void> {
  engine.catalog.retire(index);
  for (let more = true; more; ) {
    engine.store.begin();
    more = engine.store.dropIndex(index.id, CHUNK);
    engine.flush();
    await yieldTurn();
  }
}

async function* everyDocument(engine: Engine, table: Table, yieldTurn: () => Promise<void>) {
  let low: Key = "";
  for (;;) {
    const entries = engine.store.scan(table.byId.id, low, afterPrefix(""), "asc", CHUNK);
    for (const { document } of entries) yield document;
    const last = entries.at(-1);
    if (entries.length < CHUNK || !last) return;
    low = afterKey(last.key);
    engine.flush();
    await yieldTurn();
  }
}
