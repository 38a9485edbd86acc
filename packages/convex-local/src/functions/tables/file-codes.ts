/**
 * Codes of stored files in URLs: UUIDs, as in Convex. A code is the encrypted id of the file, so it cannot be computed
 * from the id without the secret, and needs no index.
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { bytesOfId, idOf } from "../../values/id.ts";

const CIPHER = "aes-256-ecb";

/** Converts ids to codes and back. */
export class FileCodes {
  readonly #key: Buffer;

  /** @param secret - A secret of the deployment. */
  constructor(secret: Buffer) {
    this.#key = createHmac("sha256", secret).update("codes of files").digest();
  }

  codeOf(id: string): string {
    const cipher = createCipheriv(CIPHER, this.#key, null).setAutoPadding(false);
    const hex = Buffer.concat([cipher.update(bytesOfId(id)), cipher.final()]).toString("hex");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /** Returns the id of a code in a table with this number. */
  idOf(code: string, table: number): string {
    const decipher = createDecipheriv(CIPHER, this.#key, null).setAutoPadding(false);
    const bytes = decipher.update(Buffer.from(code.replaceAll("-", ""), "hex"));
    return idOf(table, Buffer.concat([bytes, decipher.final()]));
  }
}
