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
import { type JSONValue, jsonToConvex } from "convex/values";
import type { Engine } from "../../engine/engine.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { asDocument, type Document, isObject, numberField, stringField } from "../../values/document.ts";
import { isUuid, tableOfId } from "../../values/id.ts";
import { FileCodes } from "./file-codes.ts";
import { STORAGE } from "./system-tables.ts";

/** `storageId` is the code of the file's URL, and `sha256` is hexadecimal. */
export type FileMetadata = { storageId: string; sha256: string; size: number; contentType: string | null };
/** `sha256` is base64. */
export type StoredFile = { body: Uint8Array; contentType: string | null; sha256: string };

/** Why an upload was rejected: Convex's code and message. */
export type UploadRejection = {
  code: "StorageTokenInvalid" | "StorageTokenExpired" | "Sha256Mismatch";
  message: string;
};

/** An upload was rejected. */
export class UploadRejectedError extends Error {
  override name = "UploadRejectedError";
  readonly rejection: UploadRejection;

  constructor(code: UploadRejection["code"], message: string) {
    super(message);
    this.rejection = { code, message };
  }
}

/** How long an upload URL is valid in ms, as in Convex. */
const UPLOAD_MS = 3_600_000;

/** A string is neither a code nor an id. */
export class InvalidFileIdError extends Error {
  override name = "InvalidFileIdError";
}

/** Stores, reads and deletes files. */
export class StoredFiles {
  readonly #dir: string;
  readonly #secret: Buffer;
  readonly #codes: FileCodes;

  constructor(engine: Engine, dataFile: string) {
    this.#dir = `${dataFile}.files`;
    const known = engine.store.meta("uploadSecret");
    this.#secret = known === null ? randomBytes(32) : Buffer.from(known, "base64");
    if (known === null) {
      engine.store.begin();
      engine.store.setMeta("uploadSecret", this.#secret.toString("base64"));
      engine.flush();
    }
    this.#codes = new FileCodes(this.#secret);
  }

  /** Returns a token that allows an upload for this component. `now` is in Unix ms. */
  uploadToken(component: string, now: number): string {
    const text = JSON.stringify({ component, until: now + UPLOAD_MS });
    return `${Buffer.from(text).toString("base64url")}.${this.#sign(text)}`;
  }

  /**
   * Returns the component of an upload token.
   *
   * @throws {UploadRejectedError} when the token is invalid or expired.
   */
  openToken(token: string, now: number): string {
    const [body = "", signature = ""] = token.split(".");
    const text = Buffer.from(body, "base64url").toString();
    const expected = Buffer.from(this.#sign(text));
    const sent = Buffer.from(signature);
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) {
      throw new UploadRejectedError(
        "StorageTokenInvalid",
        "Couldn't decode the StoreFileAuthorization token",
      );
    }
    const { component, until }: { component: string; until: number } = JSON.parse(text);
    if (until <= now)
      throw new UploadRejectedError("StorageTokenExpired", "Store File Authorization expired");
    return component;
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
   * @throws {UploadRejectedError} when the digest differs.
   */
  store(
    transaction: Transaction,
    component: string,
    body: Uint8Array,
    contentType: string | null,
    sha256?: string,
  ): string {
    const hash = createHash("sha256").update(body).digest("base64");
    if (sha256 !== undefined && sha256 !== hash) {
      throw new UploadRejectedError("Sha256Mismatch", `Sha256 mismatch. Expected: ${sha256} Actual: ${hash}`);
    }
    const table = transaction.reader.catalog.table(component, STORAGE);
    const id = transaction.insert(table, {
      sha256: hash,
      size: body.byteLength,
      ...(contentType ? { contentType } : {}),
    });
    this.#write(id, body);
    return id;
  }

  /**
   * Stores a file of an export with the id, creation time and content type of its document.
   *
   * @throws {Error} when they are not those of a stored file of the component.
   */
  restore(transaction: Transaction, component: string, document: JSONValue, body: Uint8Array): void {
    const value = jsonToConvex(document);
    if (!isObject(value)) throw new Error("The document of a stored file must be an object.");
    const { _id, _creationTime, contentType } = asDocument(value);
    const table = transaction.reader.catalog.find(component, STORAGE);
    if (!table || transaction.reader.catalog.tableOf(_id) !== table)
      throw new Error(`${_id} is not an ID of a stored file.`);
    const sha256 = createHash("sha256").update(body).digest("base64");
    const type = typeof contentType === "string" ? { contentType } : {};
    transaction.restore(table, { _id, _creationTime, sha256, size: body.byteLength, ...type });
    this.#write(_id, body);
  }

  #write(id: string, body: Uint8Array): void {
    mkdirSync(this.#dir, { recursive: true });
    const file = openSync(join(this.#dir, id), "w", 0o600);
    writeSync(file, body);
    fsyncSync(file);
    closeSync(file);
  }

  /**
   * Returns the metadata of a file, or null if there is none.
   *
   * @throws {Error} when the string is neither a code nor the id of a file.
   */
  metadata(reader: Reader, component: string, id: string): FileMetadata | null {
    const document = this.#find(reader, component, id);
    if (!document) return null;
    const { value } = document;
    return {
      storageId: this.#codes.codeOf(value._id),
      sha256: Buffer.from(stringField(value, "sha256"), "base64").toString("hex"),
      size: numberField(value, "size"),
      contentType: typeof value.contentType === "string" ? value.contentType : null,
    };
  }

  /**
   * Reads a file. Null if there is none.
   *
   * @throws {Error} when the string is neither a code nor the id of a file.
   */
  read(reader: Reader, component: string, id: string): StoredFile | null {
    const document = this.#find(reader, component, id);
    if (!document) return null;
    const { value } = document;
    return {
      body: readFileSync(join(this.#dir, value._id)),
      contentType: typeof value.contentType === "string" ? value.contentType : null,
      sha256: stringField(value, "sha256"),
    };
  }

  /**
   * Deletes a file.
   *
   * @throws {Error} when there is no such file.
   */
  remove(transaction: Transaction, component: string, id: string): void {
    const { reader } = transaction;
    const document = this.#find(reader, component, id);
    if (!document) throw new Error(`storage id ${id} not found`);
    transaction.remove(reader.catalog.table(component, STORAGE), document.value._id);
  }

  /** Deletes bytes without a document. Must not run while a file is being stored. */
  sweep(reader: Reader): void {
    let names: string[] = [];
    try {
      names = readdirSync(this.#dir);
    } catch {
      return; // Nothing was ever stored.
    }
    for (const name of names) {
      const table = reader.catalog.tableOf(name);
      if (table?.name !== STORAGE || !reader.get(table, name)) rmSync(join(this.#dir, name), { force: true });
    }
  }

  /** Finds a file by its code or id. An id of another component's file is not found. */
  #find(reader: Reader, component: string, id: string): Document | null {
    const own = reader.catalog.find(component, STORAGE);
    if (!own) return null;
    if (isUuid(id)) return reader.get(own, this.#codes.idOf(id, own.number));
    const table = reader.catalog.tableOf(id);
    if (tableOfId(id) === null) {
      throw new InvalidFileIdError(
        `Invalid storage ID: "${id}". Storage ID should be an Id of '_storage' table, or a UUID string.`,
      );
    }
    if (table?.name !== STORAGE) {
      throw new Error("Invalid storage ID. Storage ID cannot be an ID on any table other than '_storage'.");
    }
    return table === own ? reader.get(own, id) : null;
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("base64url");
  }
}
