/**
 * Brings the database to a new schema: documents that are there must fit it, new indexes are filled before anyone reads
 * them, old ones go. Nothing is changed for readers until all of it has been found good.
 */
import type { ValidatorJSON, Value } from "convex/values";
import { afterKey, afterPrefix, type Key } from "../values/key.ts";
import { describeViolation, findViolation } from "../values/validator.ts";
import { BY_CREATION, BY_ID, type Index, type Table } from "./catalog.ts";
import type { Engine } from "./engine.ts";
import { keysIn } from "./index-keys.ts";

export type IndexSpec = { name: string; kind: Index["kind"]; fields: readonly string[] };
export type TableSpec = {
  component: string;
  name: string;
  validator: ValidatorJSON | null;
  indexes: readonly IndexSpec[];
};

/** Documents looked at, or entries dropped, between two breaths of the thread. */
const CHUNK = 500;

/** Under this name the store says which validator every document of a table is known to fit. */
const HELD = "validators";

/** Documents that are there do not fit the schema: it is not taken. */
export class SchemaRefused extends Error {
  override name = "SchemaRefused";
}

/**
 * @param specs every table that is to have a schema, of all components
 * @param breathe called between chunks, so that reads go on
 * @throws SchemaRefused naming the first document that does not fit
 */
export async function changeSchema(
  engine: Engine,
  specs: readonly TableSpec[],
  breathe: () => Promise<void>,
): Promise<void> {
  const { catalog } = engine;
  const wanted = specs.map((spec) => ({ spec, table: catalog.table(spec.component, spec.name) }));
  const held = new Map(JSON.parse(engine.store.meta(HELD) ?? "[]") as [number, string][]);
  for (const { spec, table } of wanted) {
    if (spec.validator !== null && JSON.stringify(spec.validator) !== held.get(table.number)) {
      await checkDocuments(engine, table, spec.validator, breathe);
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
        await fill(engine, added, breathe);
      }
    }
  } catch (error) {
    for (const index of fresh) await drop(engine, index, breathe);
    throw error;
  }
  const old = findOld(wanted, catalog.tables());
  engine.store.begin();
  for (const table of catalog.tables()) table.validator = null;
  for (const { spec, table } of wanted) table.validator = spec.validator;
  for (const index of fresh) catalog.publish(index);
  catalog.save();
  const validated = wanted.map(({ spec, table }) => [table.number, JSON.stringify(spec.validator)]);
  engine.store.setMeta(HELD, JSON.stringify(validated));
  engine.flush();
  for (const index of old) await drop(engine, index, breathe);
}

function sameIndex(index: Index | undefined, spec: IndexSpec): boolean {
  return (
    index !== undefined &&
    index.kind === spec.kind &&
    JSON.stringify(index.fields) === JSON.stringify(spec.fields)
  );
}

/** Indexes that no schema names any more, and what an interrupted change left half filled. */
function findOld(wanted: readonly { spec: TableSpec; table: Table }[], tables: Iterable<Table>): Index[] {
  const specs = new Map(wanted.map(({ spec, table }) => [table, spec]));
  const old: Index[] = [];
  for (const table of tables) {
    for (const index of table.maintained) {
      if (index.name === BY_ID || index.name === BY_CREATION) continue;
      const kept = specs
        .get(table)
        ?.indexes.some((spec) => spec.name === index.name && sameIndex(index, spec));
      const half = table.indexes.get(index.name) !== index;
      if (!kept || (half && table.indexes.has(index.name))) old.push(index);
    }
  }
  return old;
}

async function checkDocuments(
  engine: Engine,
  table: Table,
  validator: ValidatorJSON,
  breathe: () => Promise<void>,
): Promise<void> {
  const { catalog } = engine;
  const isId = (name: string, id: string): boolean => {
    const of = catalog.tableOf(id);
    return of !== null && of === catalog.find(table.component, name);
  };
  for await (const document of everyDocument(engine, table, breathe)) {
    const { _id, _creationTime, ...fields } = document.value;
    const violation = findViolation(validator, fields as Value, isId);
    if (violation) {
      throw new SchemaRefused(
        `Schema validation failed.\nDocument with ID "${_id}" in table "${table.name}" does not match the schema: ${describeViolation(violation)}`,
      );
    }
  }
}

async function fill(engine: Engine, index: Index, breathe: () => Promise<void>): Promise<void> {
  for await (const document of everyDocument(engine, index.table, breathe)) {
    engine.store.begin();
    for (const key of keysIn(index, document)) engine.store.insertEntry(index.id, key, document.row ?? 0);
  }
}

async function drop(engine: Engine, index: Index, breathe: () => Promise<void>): Promise<void> {
  engine.catalog.retire(index);
  for (let more = true; more; ) {
    engine.store.begin();
    more = engine.store.dropIndex(index.id, CHUNK);
    engine.flush();
    await breathe();
  }
}

async function* everyDocument(engine: Engine, table: Table, breathe: () => Promise<void>) {
  let low: Key = "";
  for (;;) {
    const entries = engine.store.scan(table.byId.id, low, afterPrefix(""), "asc", CHUNK);
    for (const { document } of entries) yield document;
    const last = entries.at(-1);
    if (entries.length < CHUNK || !last) return;
    low = afterKey(last.key);
    engine.flush();
    await breathe();
  }
}
