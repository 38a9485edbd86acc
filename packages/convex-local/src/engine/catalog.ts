/** Which tables and indexes there are: read from the store once, then kept in memory and written through. */
import type { ValidatorJSON } from "convex/values";
import { FIRST_TABLE_NUMBER, LAST_TABLE_NUMBER, tableOfId } from "../values/id.ts";
import type { IndexRow, Store } from "./store.ts";

export type Index = {
  readonly id: number;
  readonly table: Table;
  readonly name: string;
  readonly kind: "plain" | "search";
  /** Field paths, `_creationTime` and `_id` at the end included. A search index: its search field, then its filter fields. */
  readonly fields: readonly string[];
};

export type Table = {
  readonly number: number;
  /** Path of the component that owns it, "" for the app. */
  readonly component: string;
  readonly name: string;
  /** Indexes that can be read. */
  readonly indexes: Map<string, Index>;
  /** Indexes that every write keeps up to date: those above, and the ones being filled. */
  readonly maintained: Set<Index>;
  readonly byId: Index;
  readonly byCreation: Index;
  /** What documents must look like; null where the schema does not say. */
  validator: ValidatorJSON | null;
};

export const BY_ID = "by_id";
export const BY_CREATION = "by_creation_time";

export class Catalog {
  readonly #store: Store;
  readonly #byNumber = new Map<number, Table>();
  readonly #byName = new Map<string, Table>();
  #unsaved: (() => void)[] = [];
  #nextIndex = 1;
  #nextTable = FIRST_TABLE_NUMBER;

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

  /** The table of this name, made on the spot where there is none (as Convex does for a table without a schema). */
  table(component: string, name: string): Table {
    const known = this.find(component, name);
    if (known) return known;
    const number = this.#nextTable;
    if (number > LAST_TABLE_NUMBER) throw new Error("There are too many tables.");
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

  /** The table that an id belongs to, whichever component owns it; null where the string is no id of any. */
  tableOf(id: string): Table | null {
    const number = tableOfId(id);
    return number === null ? null : (this.#byNumber.get(number) ?? null);
  }

  tables(): Iterable<Table> {
    return this.#byNumber.values();
  }

  /** A new index that is maintained from now on, and read once `publish` says that it is filled. */
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

  publish(index: Index): void {
    this.#store.setIndexReady(index.id);
    index.table.indexes.set(index.name, index);
  }

  /** Takes the index out of use; its entries are the caller's to delete. */
  retire(index: Index): void {
    index.table.maintained.delete(index);
    if (index.table.indexes.get(index.name) === index) index.table.indexes.delete(index.name);
  }

  /** Writes tables made since the last call into the open transaction. */
  save(): void {
    if (this.#unsaved.length === 0) return;
    const pending = this.#unsaved;
    this.#unsaved = [];
    for (const write of pending) write();
  }

  #addTable(number: number, component: string, name: string, rows: IndexRow[]): Table {
    const indexes = new Map<string, Index>();
    const maintained = new Set<Index>();
    const table = { number, component, name, indexes, maintained, validator: null } as unknown as Table & {
      byId: Index;
      byCreation: Index;
    };
    for (const row of rows) {
      this.#nextIndex = Math.max(this.#nextIndex, row.id + 1);
      const index: Index = {
        id: row.id,
        table,
        name: row.name,
        kind: row.kind,
        fields: JSON.parse(row.fields) as string[],
      };
      maintained.add(index);
      if (row.ready) indexes.set(row.name, index);
      if (row.name === BY_ID) table.byId = index;
      if (row.name === BY_CREATION) table.byCreation = index;
    }
    this.#byNumber.set(number, table);
    this.#byName.set(`${component}\n${name}`, table);
    this.#nextTable = Math.max(this.#nextTable, number + 1);
    return table;
  }
}
