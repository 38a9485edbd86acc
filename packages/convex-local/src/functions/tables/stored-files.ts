/**
 * Stored files: their bytes next to the data file, their metadata in `_storage`. The bytes are on the disk before their
 * document; bytes without a document are deleted at the next start.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { numberField, stringField } from "../../values/document.ts";
import { STORAGE } from "./system-tables.ts";

export type FileMetadata = { storageId: string; sha256: string; size: number; contentType: string | null };
export type StoredFile = { body: Uint8Array; contentType: string | null; sha256: string };

/** How long an upload URL is valid in ms, as in Convex. */
const UPLOAD_MS = 3_600_000;

/** Stores, reads and deletes files. */
export class StoredFiles {
  readonly #dir: string;
  readonly #secret: Buffer;

  constructor(engine: Engine, dataFile: string) {
    this.#dir = `${dataFile}.files`;
    const known = engine.store.meta("uploadSecret");
    this.#secret = known === null ? randomBytes(32) : Buffer.from(known, "base64");
    if (known === null) {
      engine.store.begin();
      engine.store.setMeta("uploadSecret", this.#secret.toString("base64"));
      engine.flush();
    }
  }

  /** Returns a token that allows an upload for this component. `now` is in Unix ms. */
  uploadToken(component: string, now: number): string {
    const text = JSON.stringify({ component, until: now + UPLOAD_MS });
    return `${Buffer.from(text).toString("base64url")}.${this.#sign(text)}`;
  }

  /** Returns the component of an upload token, or null if the token is invalid or expired. */
  openToken(token: string, now: number): string | null {
    const [body = "", signature = ""] = token.split(".");
    const text = Buffer.from(body, "base64url").toString();
    const expected = Buffer.from(this.#sign(text));
    const sent = Buffer.from(signature);
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return null;
    const { component, until }: { component: string; until: number } = JSON.parse(text);
    return until > now ? component : null;
  }

  /**
   * Stores a file.
   *
   * @param transaction - The transaction to write in.
   * @param component - The component that owns the file.
   * @param body - The bytes.
   * @param contentType - The content type, if known.
   * @param sha256 - The expected digest in base64, if known.
   * @returns The id of the file.
   * @throws {Error} when the digest differs.
   */
  store(
    transaction: Transaction,
    component: string,
    body: Uint8Array,
    contentType: string | null,
    sha256?: string,
  ): string {
    const hash = createHash("sha256").update(body).digest("base64");
    if (sha256 !== undefined && sha256 !== hash)
      throw new Error(`The file's SHA-256 is ${hash}, not ${sha256}.`);
    const table = transaction.reader.catalog.table(component, STORAGE);
    const id = transaction.insert(table, {
      sha256: hash,
      size: body.byteLength,
      ...(contentType ? { contentType } : {}),
    });
    mkdirSync(this.#dir, { recursive: true });
    const file = openSync(join(this.#dir, id), "w", 0o600);
    writeSync(file, body);
    fsyncSync(file);
    closeSync(file);
    return id;
  }

  /** Returns the metadata of a file, or null if there is none. */
  metadata(reader: Reader, component: string | null, id: string): FileMetadata | null {
    const table = reader.catalog.tableOf(id);
    if (table?.name !== STORAGE || (component !== null && table.component !== component)) return null;
    const value = reader.get(table, id)?.value;
    if (!value) return null;
    return {
      storageId: id,
      sha256: stringField(value, "sha256"),
      size: numberField(value, "size"),
      contentType: typeof value.contentType === "string" ? value.contentType : null,
    };
  }

  read(reader: Reader, component: string | null, id: string): StoredFile | null {
    const metadata = this.metadata(reader, component, id);
    if (!metadata) return null;
    return {
      body: readFileSync(join(this.#dir, id)),
      contentType: metadata.contentType,
      sha256: metadata.sha256,
    };
  }

  /**
   * Deletes a file.
   *
   * @throws {Error} when there is no such file.
   */
  remove(transaction: Transaction, component: string, id: string): void {
    const table = transaction.reader.catalog.tableOf(id);
    if (table?.name !== STORAGE || table.component !== component)
      throw new Error(`No stored file has the ID ${id}.`);
    transaction.remove(table, id);
  }

  /** Deletes bytes without a document. Must not run while a file is being stored. */
  sweep(reader: Reader): void {
    let names: string[] = [];
    try {
      names = readdirSync(this.#dir);
    } catch {
      return; // Nothing was ever stored.
    }
    for (const name of names)
      if (!this.metadata(reader, null, name)) rmSync(join(this.#dir, name), { force: true });
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("base64url");
  }
}
