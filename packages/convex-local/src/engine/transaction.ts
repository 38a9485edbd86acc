/** A mutation's writes, held in memory until it commits: checked against the schema, seen by its own reads, undone whole. */
import type { Value } from "convex/values";
import { Document, type DocumentValue } from "../values/document.ts";
import { newId } from "../values/id.ts";
import { checkDocument, LIMITS } from "../values/limits.ts";
import { describeViolation, findViolation } from "../values/validator.ts";
import type { Table } from "./catalog.ts";
import type { Change, Layer } from "./layer.ts";
import type { Reader } from "./reader.ts";

export type Fields = { [field: string]: Value | undefined };

/** Gives each document of a database its own creation time, in Unix ms, later than every one before. */
export type CreationClock = { nextCreationTime(): number };

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

  /** @returns the new document's id @throws Error when the schema does not take it */
  insert(table: Table, fields: Fields): string {
    if (fields._id !== undefined || fields._creationTime !== undefined) {
      throw new Error(
        "A new document cannot have the fields `_id` or `_creationTime`: they are set by the database.",
      );
    }
    let id = newId(table.number);
    while (this.layer.get(id)) id = newId(table.number);
    this.#write(table, id, null, { ...fields, _id: id, _creationTime: this.#clock.nextCreationTime() });
    return id;
  }

  /** Puts in a document with the id and the creation time that it has elsewhere. @throws Error when that id is taken */
  restore(table: Table, value: DocumentValue): void {
    if (this.reader.get(table, value._id))
      throw new Error(`There already is a document with ID ${value._id}.`);
    this.#write(table, value._id, null, value);
  }

  /** Fields that are undefined are removed, the others set. */
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
    this.#set(table, id, this.#existing(table, id, "Delete"), null);
  }

  /** A place to roll back to, for a mutation inside a mutation. */
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
    checkDocument(value);
    this.#checkSchema(table, value);
    this.#set(table, id, before, Document.written(before?.row ?? null, value));
  }

  #checkSchema(table: Table, { _id, _creationTime, ...fields }: DocumentValue): void {
    if (table.validator === null) return;
    const { catalog } = this.reader;
    const violation = findViolation(table.validator, fields as Value, (name, id) => {
      return catalog.tableOf(id) === catalog.find(table.component, name) && catalog.tableOf(id) !== null;
    });
    if (violation) {
      throw new Error(
        `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${describeViolation(violation)}`,
      );
    }
  }

  #set(table: Table, id: string, before: Document | null, seen: Document | null): void {
    const { usage } = this.reader;
    usage.documentsWritten++;
    usage.bytesWritten += seen?.json.length ?? 0;
    if (usage.documentsWritten > LIMITS.documentsWritten) {
      throw new Error(
        `Too many documents written in a single function execution (limit: ${LIMITS.documentsWritten}).`,
      );
    }
    if (usage.bytesWritten > LIMITS.bytesWritten) {
      throw new Error(
        `Too many bytes written in a single function execution (limit: ${LIMITS.bytesWritten} bytes).`,
      );
    }
    const earlier = this.layer.get(id);
    this.#undo.push({ id, before: earlier });
    this.layer.set({ table, id, stored: earlier ? earlier.stored : before, seen });
  }
}

/** A patch or replacement may repeat a document's own system fields, and not others. */
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
