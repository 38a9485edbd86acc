/** Writes of a mutation, kept in memory until it commits: checked against the schema and visible to its own reads. */
import type { Value } from "convex/values";
import { Document, type DocumentValue } from "../values/document.ts";
import { newId } from "../values/id.ts";
import { afterPrefix, encodeValue } from "../values/key.ts";
import { checkDocument } from "../values/limits.ts";
import { describeViolation, findViolation } from "../values/validator.ts";
import type { Table } from "./catalog.ts";
import { keysIn } from "./index-keys.ts";
import type { Change, Layer } from "./layer.ts";
import type { Reader } from "./reader.ts";

export type Fields = { [field: string]: Value | undefined };

/** Returns creation times in Unix ms, each later than all before. */
export type CreationClock = { nextCreationTime(): number };

/** Writes of one mutation. */
export class Transaction {
  readonly reader: Reader;
  readonly layer: Layer;
  readonly #clock: CreationClock;
  readonly #undo: { id: string; before: Change | undefined }[] = [];

  constructor(reader: Reader, layer: Layer, clock: CreationClock) {
    this.reader = reader;
    this.layer = layer;
    this.#clock = clock;
  }

  /** Documents and index keys that a commit writes, in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const { table, stored, seen } of this.layer.changes()) {
      if (seen === null || seen === stored) continue;
      bytes += seen.size;
      for (const index of table.maintained) for (const key of keysIn(index, seen)) bytes += key.length;
    }
    return bytes;
  }

  /**
   * Inserts a document.
   *
   * @returns The id of the new document.
   * @throws {Error} when the document does not match the schema.
   */
  insert(table: Table, fields: Fields): string {
    if (fields._id !== undefined || fields._creationTime !== undefined) {
      throw new Error(
        "A new document cannot have the fields `_id` or `_creationTime`: they are set by the database.",
      );
    }
    let id = newId(table.number);
    while (this.layer.get(id)) id = newId(table.number);
    const key = encodeValue(id);
    this.reader.reads.derive(table.byId, key, afterPrefix(key));
    this.#write(table, id, null, { ...fields, _id: id, _creationTime: this.#clock.nextCreationTime() });
    return id;
  }

  /**
   * Inserts a document with its own id and creation time, for imports.
   *
   * @throws {Error} when a document with this id exists.
   */
  restore(table: Table, value: DocumentValue): void {
    if (this.reader.get(table, value._id))
      throw new Error(`There already is a document with ID ${value._id}.`);
    this.#write(table, value._id, null, value);
  }

  /** Sets fields of a document, and removes those that are undefined. */
  patch(table: Table, id: string, fields: Fields): void {
    const before = this.#existing(table, id, "Update");
    checkSystemFields(fields, before.value);
    const value: Fields = { ...before.value };
    for (const [field, item] of Object.entries(fields)) {
      if (item === undefined) delete value[field];
      else value[field] = item;
    }
    this.#write(table, id, before, { ...value, _id: id, _creationTime: before.value._creationTime });
  }

  replace(table: Table, id: string, fields: Fields): void {
    const before = this.#existing(table, id, "Replace");
    checkSystemFields(fields, before.value);
    this.#write(table, id, before, { ...fields, _id: id, _creationTime: before.value._creationTime });
  }

  remove(table: Table, id: string): void {
    const before = this.#existing(table, id, "Delete");
    this.reader.usage.wrote(table, id, 0, 0);
    this.#set(table, id, before, null);
  }

  /** Returns a savepoint for `rollback`, for nested mutations. */
  mark(): number {
    return this.#undo.length;
  }

  rollback(mark: number): void {
    while (this.#undo.length > mark) {
      const step = this.#undo.pop();
      if (step) this.layer.restore(step.id, step.before);
    }
  }

  #existing(table: Table, id: string, verb: string): Document {
    const document = this.reader.get(table, id);
    if (!document) throw new Error(`${verb} on nonexistent document ID ${id}`);
    return document;
  }

  #write(table: Table, id: string, before: Document | null, value: DocumentValue): void {
    const { size, nesting } = checkDocument(value);
    this.#checkSchema(table, value);
    this.reader.usage.wrote(table, id, size, nesting);
    this.#set(table, id, before, Document.written(before?.row ?? null, value, size));
  }

  #checkSchema(table: Table, { _id, _creationTime, ...fields }: DocumentValue): void {
    if (table.validator === null) return;
    const { catalog } = this.reader;
    const violation = findViolation(table.validator, fields, (name, id) => {
      const found = catalog.tableIn(table.component, id);
      return found !== null && found === catalog.find(table.component, name);
    });
    if (violation) {
      throw new Error(
        `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${describeViolation(violation)}`,
      );
    }
  }

  #set(table: Table, id: string, before: Document | null, seen: Document | null): void {
    const earlier = this.layer.get(id);
    this.#undo.push({ id, before: earlier });
    this.layer.set({ table, id, stored: earlier ? earlier.stored : before, seen });
  }
}

/** A patch or replacement may repeat the system fields of the document, but must not change them. */
function checkSystemFields(fields: Fields, value: DocumentValue): void {
  if (fields._id !== undefined && fields._id !== value._id) {
    throw new Error(
      `Provided \`_id\` field value "${String(fields._id)}" does not match the document ID "${value._id}"`,
    );
  }
  if (fields._creationTime !== undefined && fields._creationTime !== value._creationTime) {
    throw new Error(
      `Provided \`_creationTime\` field value ${String(fields._creationTime)} does not match the document's creation time ${value._creationTime}`,
    );
  }
}
