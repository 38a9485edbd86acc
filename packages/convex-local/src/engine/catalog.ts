/** Tables and indexes of the database, kept in memory and written through to the store. */
import type { ValidatorJSON } from "convex/values";
import { LIMITS, LimitError } from "../limits/limits.ts";
import { FIRST_TABLE_NUMBER, LAST_TABLE_NUMBER, tableOfId } from "../values/id.ts";
import type { IndexRow, Store } from "./store.ts";

export type Index = {
  readonly id: number;
  readonly table: Table;
  readonly name: string;
  readonly kind: "plain" | "search";
  /** Field paths, including `_creationTime` and `_id` at the end. Of a search index: the search field, then filter fields. */
  readonly fields: readonly string[];
};

/** A vector index. It has no entries in the store: a search compares all vectors. */
export type VectorIndex = { name: string; vectorField: string; dimensions: number; filterFields: string[] };

export type Table = {
  readonly number: number;
  /** Path of the component that owns the table, "" for the app. */
  readonly component: string;
  readonly name: string;
  /** Whether it is one of the backend itself, which limits do not apply to. */
  readonly system: boolean;
  /** Indexes that queries can use. */
  readonly indexes: Map<string, Index>;
  /** Indexes that every write updates: those above, and those that are being filled. */
  readonly maintained: Set<Index>;
  vectorIndexes: readonly VectorIndex[];
  /** Names of indexes that the schema declares as staged, so that queries cannot use them yet. */
  staged: readonly string[];
  readonly byId: Index;
  readonly byCreation: Index;
  /** Validator of the documents; null if the schema has none. */
  validator: ValidatorJSON | null;
};

export const BY_ID = "by_id";
export const BY_CREATION = "by_creation_time";

/** Finds, creates and removes tables and indexes. */
export class Catalog {
  readonly #store: Store;
  readonly #byNumber = new Map<number, Table>();
  readonly #byName = new Map<string, Table>();
  #unsaved: (() => void)[] = [];
  #nextIndex = 1;
  #nextTable = FIRST_TABLE_NUMBER;
  #userTables = 0;

  constructor(store: Store) {
    this.#store = store;
    const indexes = store.indexes();
    for (const { number, component, name } of store.tables()) {
      this.#addTable(
        number,
        component,
        name,
        indexes.filter((index) => index.tbl === number),
      );
    }
  }

  /** Returns the table of this name. Creates it if there is none, as Convex does for tables without a schema. */
  table(component: string, name: string): Table {
    const known = this.find(component, name);
    if (known) return known;
    if (!name.startsWith("_") && this.#userTables >= LIMITS.tables)
      throw new LimitError(`Number of tables cannot exceed ${LIMITS.tables}.`);
    const number = this.#nextTable;
    if (number > LAST_TABLE_NUMBER)
      throw new Error(`Too many tables (maximum table number ${LAST_TABLE_NUMBER}).`);
    const rows: IndexRow[] = [
      { id: this.#nextIndex++, tbl: number, name: BY_ID, kind: "plain", fields: '["_id"]', ready: 1 },
      {
        id: this.#nextIndex++,
        tbl: number,
        name: BY_CREATION,
        kind: "plain",
        fields: '["_creationTime","_id"]',
        ready: 1,
      },
    ];
    this.#unsaved.push(() => {
      this.#store.insertTable({ number, component, name });
      for (const row of rows) this.#store.insertIndex(row);
    });
    return this.#addTable(number, component, name, rows);
  }

  find(component: string, name: string): Table | undefined {
    return this.#byName.get(`${component}\n${name}`);
  }

  /** Returns the table of an id, of any component, or null if the string is not the id of a table. */
  tableOf(id: string): Table | null {
    const number = tableOfId(id);
    return number === null ? null : (this.#byNumber.get(number) ?? null);
  }

  /**
   * Returns the table of an id for code of a component. Tables of the backend itself have one number in all components,
   * as in Convex: an id of another component's stored file or scheduled function is an id here too, but of no document.
   */
  tableIn(component: string, id: string): Table | null {
    const table = this.tableOf(id);
    if (table === null || table.component === component) return table;
    return table.name.startsWith("_") ? (this.find(component, table.name) ?? null) : null;
  }

  tables(): Iterable<Table> {
    return this.#byNumber.values();
  }

  /** Adds an index that writes update from now on. Queries can use it after `publish`. */
  addIndex(table: Table, name: string, kind: Index["kind"], fields: readonly string[]): Index {
    this.save();
    const index: Index = { id: this.#nextIndex++, table, name, kind, fields };
    this.#store.insertIndex({
      id: index.id,
      tbl: table.number,
      name,
      kind,
      fields: JSON.stringify(fields),
      ready: 0,
    });
    table.maintained.add(index);
    return index;
  }

  /** Makes a filled index available to queries. */
  publish(index: Index): void {
    this.#store.setIndexReady(index.id);
    index.table.indexes.set(index.name, index);
  }

  /** Removes an index. The caller deletes its entries. */
  retire(index: Index): void {
    index.table.maintained.delete(index);
    if (index.table.indexes.get(index.name) === index) index.table.indexes.delete(index.name);
  }

  /** Whether tables were created since the last `save`. */
  get hasUnsaved(): boolean {
    return this.#unsaved.length > 0;
  }

  /** Writes the tables that were created since the last call into the open transaction. */
  save(): void {
    if (this.#unsaved.length === 0) return;
    const pending = this.#unsaved;
    this.#unsaved = [];
    for (const write of pending) write();
  }

  #addTable(number: number, component: string, name: string, rows: IndexRow[]): Table {
    const indexes = new Map<string, Index>();
    const maintained = new Set<Index>();
    const index = (name: string): Index => {
      const found = indexes.get(name);
      if (!found) throw new Error(`Table ${number} of the data file has no index ${name}.`);
      return found;
    };
    const table: Table = {
      number,
      component,
      name,
      system: name.startsWith("_"),
      indexes,
      maintained,
      vectorIndexes: [],
      staged: [],
      get byId() {
        return index(BY_ID);
      },
      get byCreation() {
        return index(BY_CREATION);
      },
      validator: null,
    };
    for (const row of rows) {
      this.#nextIndex = Math.max(this.#nextIndex, row.id + 1);
      const index: Index = {
        id: row.id,
        table,
        name: row.name,
        kind: row.kind,
        fields: JSON.parse(row.fields),
      };
      maintained.add(index);
      if (row.ready) indexes.set(row.name, index);
    }
    this.#byNumber.set(number, table);
    if (!table.system) this.#userTables++;
    this.#byName.set(`${component}\n${name}`, table);
    this.#nextTable = Math.max(this.#nextTable, number + 1);
    return table;
  }
}
