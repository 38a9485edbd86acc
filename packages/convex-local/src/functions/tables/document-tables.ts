/** Documents as the holder of the admin key sees them: which tables there are, page by page, and put in from a file. */
import { type JSONValue, jsonToConvex } from "convex/values";
import type { DocumentsPage, DocumentsRequest, TableSummary } from "../../backend.ts";
import type { Table } from "../../engine/catalog.ts";
import type { Fields, Transaction } from "../../engine/transaction.ts";
import type { DocumentValue } from "../../values/document.ts";
import { afterKey, afterPrefix, keyFromBytes, keyToBytes } from "../../values/key.ts";
import { CallRefused, CommitFailed } from "../execution/call-errors.ts";
import type { Calls } from "../execution/engine-calls.ts";
import type { Mutations } from "../execution/mutations.ts";
import { SCHEDULED, STORAGE } from "./system-tables.ts";

/** Documents in one page or one transaction of emptying a table: some milliseconds of the thread's time. */
const MOST = 500;

export class DocumentTables {
  readonly #calls: Calls;
  readonly #mutations: Mutations;

  constructor(calls: Calls, mutations: Mutations) {
    this.#calls = calls;
    this.#mutations = mutations;
  }

  summaries(): TableSummary[] {
    const { catalog, store } = this.#calls.engine;
    return [...catalog.tables()]
      .filter(({ component, name }) => component === "" && !name.startsWith("_"))
      .map(({ name, number, byId }) => ({ name, number, documents: store.count(byId.id) }));
  }

  /** @throws CallRefused when there is no such table, or the moment is too long ago */
  page(name: string, { cursor, limit, order, at }: DocumentsRequest): DocumentsPage {
    const table = this.#calls.engine.catalog.find("", name);
    if (!table || (name.startsWith("_") && name !== STORAGE && name !== SCHEDULED)) throw noTable(name);
    return refusing(() => {
      const snapshot = this.#calls.engine.snapshot(at);
      try {
        const key = cursor === null ? null : keyFromBytes(Buffer.from(cursor, "base64url"));
        const low = key !== null && order === "asc" ? afterKey(key) : "";
        const high = key !== null && order === "desc" ? key : afterPrefix("");
        const size = Math.min(limit, MOST);
        const reader = this.#calls.engine.reader(snapshot);
        const entries = reader.scan(table.byCreation, low, high, order, size);
        const last = entries.length < size ? undefined : entries.at(-1);
        return {
          ts: snapshot.ts,
          documents: entries.map(({ document }) => JSON.parse(document.json) as JSONValue),
          cursor: last ? keyToBytes(last.key).toString("base64url") : null,
        };
      } finally {
        snapshot.close();
      }
    });
  }

  /** @throws CallRefused when there is no such table, or one of the documents cannot be in it: then none is */
  async add(name: string, documents: readonly JSONValue[], replace: boolean): Promise<null> {
    const table = this.#tableToFill(name);
    if (replace) await this.#empty(table);
    try {
      await this.#mutations.transact((transaction) => {
        for (const json of documents) addOne(transaction, table, json);
      });
    } catch (error) {
      if (error instanceof CommitFailed) throw error;
      throw new CallRefused("bad_arguments", `${name}: ${error instanceof Error ? error.message : error}`);
    }
    return null;
  }

  async #empty(table: Table): Promise<void> {
    for (let more = true; more; ) {
      await this.#mutations.transact((transaction) => {
        const entries = transaction.reader.scan(table.byId, "", afterPrefix(""), "asc", MOST);
        for (const { document } of entries) transaction.remove(table, document.value._id);
        more = entries.length === MOST;
      });
    }
  }

  /** Where there is a schema it says which tables there are; without one, a table is there once it is written to. */
  #tableToFill(name: string): Table {
    const { catalog } = this.#calls.engine;
    const hasSchema = this.#calls.registry?.component("")?.schemaJson !== null;
    if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name)) throw noTable(name);
    const table = hasSchema ? catalog.find("", name) : catalog.table("", name);
    if (!table) throw noTable(name);
    return table;
  }
}

/** @throws Error when it is no document, or cannot be in this table */
function addOne(transaction: Transaction, table: Table, json: JSONValue): void {
  const value = jsonToConvex(json);
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof ArrayBuffer) {
    throw new Error("a document must be an object.");
  }
  const { _id, _creationTime } = value as Fields;
  if (_id === undefined && _creationTime === undefined) {
    transaction.insert(table, value as Fields);
    return;
  }
  if (typeof _id !== "string" || transaction.reader.catalog.tableOf(_id) !== table) {
    throw new Error(`${JSON.stringify(_id)} is no ID of this table.`);
  }
  if (typeof _creationTime !== "number") throw new Error(`${_id} needs a number as its _creationTime.`);
  transaction.restore(table, value as DocumentValue);
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CallRefused("bad_arguments", error instanceof Error ? error.message : String(error));
  }
}

function noTable(name: string): CallRefused {
  return new CallRefused("bad_arguments", `There is no table ${JSON.stringify(name)}.`);
}
