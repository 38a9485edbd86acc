/** Imports for `npx convex import`: uploaded in parts, checked, and performed after a confirmation. */
import { randomUUID } from "node:crypto";
import { appendFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { convexToJson, type JSONValue } from "convex/values";
import { tableOfId } from "../values/id.ts";
import type { SnapshotData } from "./data.ts";
import { ImportError, type ImportedData, type ImportFormat, openImport } from "./import-rows.ts";
import { renumbering, type TableNumbers } from "./renumbering.ts";
import { summaryOf, type TableChange } from "./table-changes.ts";

/** Limits of one transaction: documents, and characters of their JSON. */
const BATCH = 500;
const BATCH_CHARACTERS = 4_000_000;

export type ImportMode = "requireEmpty" | "append" | "replace" | "replaceAll";
export type ImportRequest = {
  format: ImportFormat;
  mode: ImportMode;
  /** The table of all rows; not for ZIP files. */
  table?: string | undefined;
  component: string;
};

type Import = ImportRequest & { file: string; changes: TableChange[]; confirmed: boolean };

/** Performs imports. One that a restart interrupts must be requested again. */
export class Imports {
  readonly #data: SnapshotData;
  readonly #folder: string;
  readonly #uploads = new Map<string, number>();
  readonly #imports = new Map<string, Import>();

  /** @param folder - The folder of uploaded files. */
  constructor(data: SnapshotData, folder: string) {
    this.#data = data;
    this.#folder = folder;
  }

  /** Begins an upload and returns its token. */
  async startUpload(): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const token = randomUUID();
    this.#uploads.set(token, 0);
    return token;
  }

  /** Appends a part. Parts must arrive in order, from 1. Returns false for any other part. */
  async addPart(token: string, number: number, bytes: Buffer): Promise<boolean> {
    if (this.#uploads.get(token) !== number - 1) return false;
    await appendFile(this.#fileOf(token), bytes, { mode: 0o600 });
    this.#uploads.set(token, number);
    return true;
  }

  /** Ends an upload and checks it in the background. Returns the id of the import, or null if there is no such upload. */
  async finishUpload(token: string, request: ImportRequest): Promise<string | null> {
    if (!this.#uploads.delete(token)) return null;
    const id = await this.#save(request, { state: "uploaded" });
    const one: Import = { ...request, file: this.#fileOf(token), changes: [], confirmed: false };
    this.#imports.set(id, one);
    await appendFile(one.file, "", { mode: 0o600 });
    void this.#try(id, one, () => this.#check(id, one));
    return id;
  }

  /** Performs a checked import in the background. Returns false if there is none with this id. */
  perform(id: string): boolean {
    const one = this.#imports.get(id);
    if (!one || one.confirmed) return false;
    one.confirmed = true;
    void this.#try(id, one, () => this.#perform(id, one)).finally(() => this.#forget(id, one));
    return true;
  }

  async #try(id: string, one: Import, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const error_message = `Hit an error while importing:\n${text}`;
      await this.#save(one, { state: "failed", error_message }, id).catch(() => undefined);
      await this.#forget(id, one);
    }
  }

  async #forget(id: string, { file }: Import): Promise<void> {
    this.#imports.delete(id);
    await rm(file, { force: true });
  }

  async #check(id: string, one: Import): Promise<void> {
    const { tables } = await openImport(one.file, one.format, one);
    const added = new Map<string, TableChange>();
    const existing = await this.#data.tables();
    const changeOf = (component: string, name: string): TableChange => {
      const key = `${component}\n${name}`;
      const table = existing.find((other) => other.component === component && other.name === name);
      const change = added.get(key) ?? {
        component,
        name,
        added: 0,
        existing: table?.documents ?? 0,
        deleted: 0,
      };
      added.set(key, change);
      return change;
    };
    for (const { component, name, rows } of tables) {
      for await (const row of rows()) {
        if (name === "_tables") changeOf(component, textField(row, "name"));
        else if (name === "_storage" || !name.startsWith("_")) changeOf(component, name).added++;
      }
    }
    if (one.mode === "replaceAll") {
      for (const { component, name, documents } of existing) if (documents > 0) changeOf(component, name);
    }
    one.changes = [...added.values()];
    for (const change of one.changes) {
      if (one.mode === "requireEmpty" && change.existing > 0) {
        throw new ImportError(
          `Table ${change.name} already exists. Please choose a new table name or use replace/append modes.`,
        );
      }
      if (one.mode === "replace" || one.mode === "replaceAll") change.deleted = change.existing;
    }
    const state = {
      state: "waiting_for_confirmation",
      message_to_confirm: summaryOf(one.changes),
      require_manual_confirmation: one.changes.some(({ deleted }) => deleted > 0),
    };
    await this.#save(one, state, id);
  }

  async #perform(id: string, one: Import): Promise<void> {
    await this.#save(
      one,
      { state: "in_progress", progress_message: "Importing", checkpoint_messages: [] },
      id,
    );
    const data = await openImport(one.file, one.format, one);
    for (const { component, name, deleted } of one.changes) {
      const replace = deleted > 0;
      if (name !== "_storage" || replace) await this.#data.importDocuments(name, [], { replace, component });
    }
    let written = 0;
    for (const component of new Set(data.tables.map((table) => table.component)))
      written += await this.#addComponent(data, component);
    await this.#save(one, convexToJson({ state: "completed", num_rows_written: BigInt(written) }), id);
  }

  async #addComponent(data: ImportedData, component: string): Promise<number> {
    const tables = data.tables.filter((table) => table.component === component);
    const theirs: TableNumbers = {};
    for (const { rows } of tables.filter(({ name }) => name === "_tables"))
      for await (const row of rows()) theirs[textField(row, "name")] = numberField(row, "id");
    const here = await this.#data.tables();
    const ours: TableNumbers = Object.fromEntries(
      here.filter((table) => table.component === component).map(({ name, number }) => [name, number]),
    );
    const [file] = data.files.filter((one) => one.component === component);
    if (file) theirs._storage = tableOfId(file.id) ?? 0;
    const renumber = renumbering(theirs, ours);
    let written = 0;
    for (const { name, rows } of tables) {
      if (name === "_storage") written += await this.#addFiles(data, component, rows(), renumber);
      if (name.startsWith("_")) continue;
      for await (const batch of batchesOf(rows())) {
        await this.#data.importDocuments(name, batch.map(renumber), { replace: false, component });
        written += batch.length;
      }
    }
    return written;
  }

  async #addFiles(
    data: ImportedData,
    component: string,
    rows: AsyncIterable<JSONValue>,
    renumber: (document: JSONValue) => JSONValue,
  ): Promise<number> {
    let written = 0;
    for await (const document of rows) {
      const id = textField(document, "_id");
      const file = data.files.find((other) => other.component === component && other.id === id);
      if (!file) throw new ImportError(`The file ${id} of _storage is missing.`);
      await this.#data.restoreFile(component, renumber(document), await buffer(file.read()));
      written++;
    }
    return written;
  }

  #save({ mode, format }: ImportRequest, state: JSONValue, id?: string): Promise<string> {
    return this.#data.saveProgress({
      table: "_snapshot_imports",
      state: { state, mode, format: { format } },
      ...(id === undefined ? {} : { id }),
    });
  }

  #fileOf(token: string): string {
    return join(this.#folder, `${token}.import`);
  }
}

async function* batchesOf(rows: AsyncIterable<JSONValue>): AsyncGenerator<JSONValue[]> {
  let batch: JSONValue[] = [];
  let characters = 0;
  for await (const row of rows) {
    batch.push(row);
    characters += JSON.stringify(row).length;
    if (batch.length < BATCH && characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function fieldOf(row: JSONValue, name: string): JSONValue | undefined {
  return row !== null && typeof row === "object" && !Array.isArray(row) ? row[name] : undefined;
}

function textField(row: JSONValue, name: string): string {
  const value = fieldOf(row, name);
  if (typeof value !== "string") throw new ImportError(`A row has no text in the field ${name}.`);
  return value;
}

function numberField(row: JSONValue, name: string): number {
  const value = fieldOf(row, name);
  if (typeof value !== "number") throw new ImportError(`A row has no number in the field ${name}.`);
  return value;
}
