/**
 * Stored files: their bytes beside the data file, their metadata in `_storage`. Bytes are on the disk before the
 * document that names them is; bytes that no document names any more are swept away later.
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
import { STORAGE } from "./system-tables.ts";

export type FileMetadata = { storageId: string; sha256: string; size: number; contentType: string | null };
export type StoredFile = { body: Uint8Array; contentType: string | null; sha256: string };

/** An upload URL is good for so long, in ms: Convex's own hour. */
const UPLOAD_MS = 3_600_000;

export class Files {
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

  /** @param now Unix ms @returns a token that lets one store a file for this component */
  uploadToken(component: string, now: number): string {
    const text = JSON.stringify({ component, until: now + UPLOAD_MS });
    return `${Buffer.from(text).toString("base64url")}.${this.#sign(text)}`;
  }

  /** The component that a token is for, or null where it is not good any more. */
  openToken(token: string, now: number): string | null {
    const [body = "", signature = ""] = token.split(".");
    const text = Buffer.from(body, "base64url").toString();
    const expected = Buffer.from(this.#sign(text));
    const sent = Buffer.from(signature);
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return null;
    const { component, until } = JSON.parse(text) as { component: string; until: number };
    return until > now ? component : null;
  }

  /** @param sha256 base64 of what the body must hash to, where the caller says @returns its id @throws Error when it does not */
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

  /** @returns null where there is no such file */
  metadata(reader: Reader, component: string | null, id: string): FileMetadata | null {
    const table = reader.catalog.tableOf(id);
    if (table?.name !== STORAGE || (component !== null && table.component !== component)) return null;
    const value = reader.get(table, id)?.value;
    if (!value) return null;
    const { sha256, size, contentType } = value as unknown as {
      sha256: string;
      size: number;
      contentType?: string;
    };
    return { storageId: id, sha256, size, contentType: contentType ?? null };
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

  /** @throws Error where there is no such file */
  remove(transaction: Transaction, component: string, id: string): void {
    const table = transaction.reader.catalog.tableOf(id);
    if (table?.name !== STORAGE || table.component !== component)
      throw new Error(`No stored file has the ID ${id}.`);
    transaction.remove(table, id);
  }

  /** Deletes bytes without a document. Only while nothing is being stored. */
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
