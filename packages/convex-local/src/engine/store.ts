/**
 * The data file and all SQL statements. Documents are stored once, as JSON text. An index consists of `entry` rows
 * ordered by key, so an index range is one range scan joined with the documents.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Document } from "../values/document.ts";
import { type Key, keyFromBytes, keyToBytes } from "../values/key.ts";
import { blob, integer, integerOrNull, type Row, text } from "./rows.ts";

const FORMAT = "1";

/** Added to files of earlier versions, whose documents have no size. */
const SIZE = "ALTER TABLE document ADD COLUMN size INTEGER";

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tbl (number INTEGER PRIMARY KEY, component TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (component, name));
  CREATE TABLE IF NOT EXISTS idx (id INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, fields TEXT NOT NULL, ready INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS document (row INTEGER PRIMARY KEY, value TEXT NOT NULL, size INTEGER);
  CREATE TABLE IF NOT EXISTS entry (idx INTEGER NOT NULL, key BLOB NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (idx, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS answer (session TEXT NOT NULL, request INTEGER NOT NULL, ts TEXT NOT NULL, value TEXT NOT NULL, logs TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (session, request)) WITHOUT ROWID;
`;

const SCAN = `SELECT e.key, d.row, d.value, d.size FROM entry e JOIN document d ON d.row = e.row WHERE e.idx = ? AND e.key >= ? AND e.key < ? ORDER BY e.key`;

export type Order = "asc" | "desc";
export type Entry = { key: Key; document: Document };
export type TableRow = { number: number; component: string; name: string };
export type IndexRow = {
  id: number;
  tbl: number;
  name: string;
  kind: "plain" | "search";
  fields: string;
  ready: number;
};
/** The result of an applied mutation: its value as Convex JSON text, and its log lines. */
export type StoredAnswer = { ts: bigint; value: string; logLines: string[] };

/** Reads and writes the data file. */
export class Store {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #open = false;

  /**
   * @param waits - Whether a commit waits until the disk has it. Otherwise it survives the end of the process,
   *   but not a power failure.
   * @throws {Error} when another process uses the file, it is damaged, or it has another format.
   */
  constructor(file: string, waits = true) {
    try {
      this.#db = new DatabaseSync(file);
      // Exclusive, because writes of another process would not reach the subscriptions of this one.
      this.#db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;");
      this.#db.exec(`PRAGMA synchronous = ${waits ? "FULL" : "OFF"};`);
      this.#db.exec(
        "PRAGMA cache_size = -12000; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;",
      );
      this.#db.exec("BEGIN IMMEDIATE; COMMIT;");
    } catch (error) {
      throw cannotOpen(file, error);
    }
    try {
      this.#prepare(file);
    } catch (error) {
      this.#db.close();
      throw error instanceof FormatError ? error : cannotOpen(file, error);
    }
  }

  /** Creates what is missing in the file. */
  #prepare(file: string): void {
    this.#db.exec(TABLES);
    const columns = this.#db.prepare("PRAGMA table_info(document)").all();
    if (!columns.some(({ name }) => name === "size")) this.#db.exec(SIZE);
    const format = this.meta("format");
    if (format === null) this.setMeta("format", FORMAT);
    else if (format !== FORMAT)
      throw new FormatError(
        `${file} has format ${format}; this version needs ${FORMAT}. Move or delete the file.`,
      );
  }

  close(): void {
    this.commit();
    this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#db.close();
  }

  /** Whether the write transaction is open. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Opens the write transaction if none is open. Everything until `commit` is written to the disk together. */
  begin(): void {
    if (this.#open) return;
    this.#db.exec("BEGIN IMMEDIATE");
    this.#open = true;
  }

  commit(): void {
    if (!this.#open) return;
    this.#db.exec("COMMIT");
    this.#open = false;
  }

  scan(index: number, low: Key, high: Key, order: Order, limit: number): Entry[] {
    const statement = this.#arrays(`${SCAN} ${order === "asc" ? "ASC" : "DESC"} LIMIT ?`);
    return statement.all(index, keyToBytes(low), keyToBytes(high), limit).map((row) => ({
      key: keyFromBytes(blob(row, 0)),
      document: Document.stored(integer(row, 1), text(row, 2), integerOrNull(row, 3)),
    }));
  }

  find(index: number, key: Key): Document | null {
    const statement = this.#arrays(
      "SELECT d.row, d.value, d.size FROM entry e JOIN document d ON d.row = e.row WHERE e.idx = ? AND e.key = ?",
    );
    const row = statement.get(index, keyToBytes(key));
    return row ? Document.stored(integer(row, 0), text(row, 1), integerOrNull(row, 2)) : null;
  }

  count(index: number): number {
    const row = this.#statement("SELECT count(*) AS n FROM entry WHERE idx = ?").get(index);
    return row ? integer(row, "n") : 0;
  }

  insertDocument({ json, size }: Document): number {
    const statement = this.#statement("INSERT INTO document (value, size) VALUES (?, ?)");
    return Number(statement.run(json, size).lastInsertRowid);
  }

  updateDocument(row: number, { json, size }: Document): void {
    this.#statement("UPDATE document SET value = ?, size = ? WHERE row = ?").run(json, size, row);
  }

  deleteDocument(row: number): void {
    this.#statement("DELETE FROM document WHERE row = ?").run(row);
  }

  insertEntry(index: number, key: Key, row: number): void {
    this.#statement("INSERT OR REPLACE INTO entry (idx, key, row) VALUES (?, ?, ?)").run(
      index,
      keyToBytes(key),
      row,
    );
  }

  deleteEntry(index: number, key: Key): void {
    this.#statement("DELETE FROM entry WHERE idx = ? AND key = ?").run(index, keyToBytes(key));
  }

  tables(): TableRow[] {
    const rows = this.#statement("SELECT number, component, name FROM tbl").all();
    return rows.map((row) => ({
      number: integer(row, "number"),
      component: text(row, "component"),
      name: text(row, "name"),
    }));
  }

  insertTable(table: TableRow): void {
    this.#statement("INSERT INTO tbl (number, component, name) VALUES (?, ?, ?)").run(
      table.number,
      table.component,
      table.name,
    );
  }

  indexes(): IndexRow[] {
    return this.#statement("SELECT id, tbl, name, kind, fields, ready FROM idx").all().map(indexRow);
  }

  insertIndex(index: IndexRow): void {
    this.#statement("INSERT INTO idx (id, tbl, name, kind, fields, ready) VALUES (?, ?, ?, ?, ?, ?)").run(
      index.id,
      index.tbl,
      index.name,
      index.kind,
      index.fields,
      index.ready,
    );
  }

  setIndexReady(id: number): void {
    this.#statement("UPDATE idx SET ready = 1 WHERE id = ?").run(id);
  }

  /**
   * Deletes an index and up to `limit` of its entries.
   *
   * @returns Whether there may be more entries.
   */
  dropIndex(id: number, limit: number): boolean {
    this.#statement("DELETE FROM idx WHERE id = ?").run(id);
    const { changes } = this.#statement(
      "DELETE FROM entry WHERE idx = ?1 AND key IN (SELECT key FROM entry WHERE idx = ?1 LIMIT ?2)",
    ).run(id, limit);
    return Number(changes) === limit;
  }

  meta(name: string): string | null {
    const row = this.#statement("SELECT value FROM meta WHERE name = ?").get(name);
    return row ? text(row, "value") : null;
  }

  setMeta(name: string, value: string): void {
    this.#statement("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)").run(name, value);
  }

  answer(session: string, request: number): StoredAnswer | null {
    const row = this.#statement("SELECT ts, value, logs FROM answer WHERE session = ? AND request = ?").get(
      session,
      request,
    );
    if (!row) return null;
    return {
      ts: BigInt(text(row, "ts")),
      value: text(row, "value"),
      logLines: JSON.parse(text(row, "logs")),
    };
  }

  insertAnswer(session: string, request: number, answer: StoredAnswer, at: number): void {
    this.#statement(
      "INSERT OR REPLACE INTO answer (session, request, ts, value, logs, at) VALUES (?, ?, ?, ?, ?, ?)",
    ).run(session, request, String(answer.ts), answer.value, JSON.stringify(answer.logLines), at);
  }

  /**
   * Deletes old answers.
   *
   * @param before - Unix milliseconds.
   * @param sessions - Deletes only answers of sessions that begin with this prefix.
   */
  deleteAnswers(before: number, sessions = ""): void {
    this.#statement("DELETE FROM answer WHERE at < ? AND substr(session, 1, ?) = ?").run(
      before,
      sessions.length,
      sessions,
    );
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #arrays(sql: string): StatementSync {
    const statement = this.#statement(sql);
    statement.setReturnArrays(true);
    return statement;
  }
}

/** The file was written by another version. */
class FormatError extends Error {}

/** Returns the reason why a file cannot be opened, and what to do. */
function cannotOpen(file: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (reason.includes("locked")) return new Error(`${file} is in use by another process.`);
  if (/not a database|malformed/.test(reason)) {
    return new Error(
      `${file} is damaged, or is not a database of this backend (${reason}). Move or delete it.`,
    );
  }
  return new Error(`${file} cannot be opened: ${reason}.`);
}

function indexRow(row: Row): IndexRow {
  return {
    id: integer(row, "id"),
    tbl: integer(row, "tbl"),
    name: text(row, "name"),
    kind: text(row, "kind") === "search" ? "search" : "plain",
    fields: text(row, "fields"),
    ready: integer(row, "ready"),
  };
}
