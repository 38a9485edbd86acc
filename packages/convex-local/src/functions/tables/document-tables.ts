/** Documents for holders of the admin key: lists tables, reads pages and imports. */
import { type JSONValue, jsonToConvex } from "convex/values";
import type { DocumentsPage, DocumentsRequest, ImportOptions, TableSummary } from "../../backend.ts";
import type { Table } from "../../engine/catalog.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { asDocument, isObject } from "../../values/document.ts";
import { parseJson } from "../../values/json.ts";
import { afterKey, afterPrefix, keyFromBytes, keyToBytes } from "../../values/key.ts";
import { CallRejectedError, CommitError } from "../execution/call-errors.ts";
import type { EngineCalls } from "../execution/engine-calls.ts";
import type { Mutations } from "../execution/mutations.ts";
import { realNow } from "../isolate/globals.ts";
import type { Progress } from "../threads/thread-messages.ts";
import { SCHEDULED, STORAGE } from "./system-tables.ts";

/** Documents in one page, or in one transaction that empties a table: a few milliseconds of the thread's time. */
const BATCH = 500;

/** Reads and writes the tables of the app and its components. */
export class DocumentTables {
  readonly #calls: EngineCalls;
  readonly #mutations: Mutations;

  constructor(calls: EngineCalls, mutations: Mutations) {
    this.#calls = calls;
    this.#mutations = mutations;
  }

  summaries(): TableSummary[] {
    const { catalog, store } = this.#calls.engine;
    return [...catalog.tables()]
      .filter(({ name }) => !name.startsWith("_") || name === STORAGE)
      .map(({ component, name, number, byId }) => ({
        component,
        name,
        number,
        documents: store.count(byId.id),
      }));
  }

  /**
   * Returns a page of documents.
   *
   * @throws {CallRejectedError} when there is no such table, or the timestamp is too old.
   */
  page(name: string, { component = "", cursor, limit, order, at }: DocumentsRequest): DocumentsPage {
    const table = this.#calls.engine.catalog.find(component, name);
    if (!table || (name.startsWith("_") && name !== STORAGE && name !== SCHEDULED)) throw noTable(name);
    return rejecting(() => {
      const snapshot = this.#calls.engine.snapshot(at);
      try {
        const key = cursor === null ? null : keyFromBytes(Buffer.from(cursor, "base64url"));
        const low = key !== null && order === "asc" ? afterKey(key) : "";
        const high = key !== null && order === "desc" ? key : afterPrefix("");
        const size = Math.min(limit, BATCH);
        const reader = this.#calls.engine.reader(snapshot);
        const entries = reader.scan(table.byCreation, low, high, order, size);
        const last = entries.length < size ? undefined : entries.at(-1);
        return {
          ts: snapshot.ts,
          documents: entries.map(({ document }) => parseJson(document.json)),
          cursor: last ? keyToBytes(last.key).toString("base64url") : null,
        };
      } finally {
        snapshot.close();
      }
    });
  }

  /**
   * Adds documents, all or none.
   *
   * @throws {CallRejectedError} when there is no such table, or a document does not match its schema.
   */
  async add(
    name: string,
    documents: readonly JSONValue[],
    { component = "", replace }: ImportOptions,
  ): Promise<null> {
    const emptied = name === STORAGE && documents.length === 0;
    const table = emptied ? this.#storageOf(component) : this.#tableToFill(component, name);
    if (replace) await this.#empty(table);
    try {
      await this.#mutations.transact((transaction) => {
        for (const json of documents) addOne(transaction, table, json);
      });
    } catch (error) {
      if (error instanceof CommitError) throw error;
      throw new CallRejectedError(
        "bad_arguments",
        `${name}: ${error instanceof Error ? error.message : error}`,
      );
    }
    return null;
  }

  /** Stores the state of an import or export, and returns the id of its document. */
  saveProgress({ table: name, id, state }: Progress): Promise<string> {
    return this.#mutations.transact((transaction) => {
      const table = transaction.reader.catalog.table("", name);
      const value = jsonToConvex(state);
      if (!isObject(value)) throw new Error("A state must be an object.");
      if (id === undefined) return transaction.insert(table, value);
      transaction.replace(table, id, value);
      return id;
    });
  }

  async #empty(table: Table): Promise<void> {
    for (let more = true; more; ) {
      await this.#mutations.transact((transaction) => {
        const entries = transaction.reader.scan(table.byId, "", afterPrefix(""), "asc", BATCH);
        for (const { document } of entries) transaction.remove(table, document.value._id);
        more = entries.length === BATCH;
      });
    }
  }

  /** Files are added one by one, so only the emptying of their table is allowed. */
  #storageOf(component: string): Table {
    const table = this.#calls.engine.catalog.find(component, STORAGE);
    if (!table) throw noTable(STORAGE);
    return table;
  }

  /** With a schema, only its tables exist. Without one, a table is created on first use. */
  #tableToFill(component: string, name: string): Table {
    const { catalog } = this.#calls.engine;
    const found = this.#calls.registry?.component(component);
    if (!found || !/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name)) throw noTable(name);
    const table = found.schemaJson === null ? catalog.table(component, name) : catalog.find(component, name);
    if (!table) throw noTable(name);
    return table;
  }
}

/** @throws {Error} when the value is not a document of this table. */
function addOne(transaction: Transaction, table: Table, json: JSONValue): void {
  const value = jsonToConvex(json);
  if (!isObject(value)) throw new Error("A document must be an object.");
  const { _id, _creationTime } = value;
  if (_id === undefined && _creationTime === undefined) {
    transaction.insert(table, value);
    return;
  }
  if (typeof _id !== "string" || transaction.reader.catalog.tableOf(_id) !== table) {
    throw new Error(`${JSON.stringify(_id)} is not an ID of this table.`);
  }
  if (_creationTime !== undefined && typeof _creationTime !== "number")
    throw new Error(`The _creationTime of ${_id} must be a number.`);
  transaction.restore(table, asDocument({ ...value, _creationTime: _creationTime ?? realNow() }));
}

function rejecting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CallRejectedError("bad_arguments", error instanceof Error ? error.message : String(error));
  }
}

function noTable(name: string): CallRejectedError {
  return new CallRejectedError("bad_arguments", `There is no table ${JSON.stringify(name)}.`);
}
