/** RSA keys that sign access tokens. The newest signs; older ones stay published, so that their tokens stay valid. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import type { Database } from "./database.ts";

export type SigningKey = { kid: string; privateKey: KeyObject };

type Row = { kid: string; private_key: string };

/** Stored keys. */
export class SigningKeys {
  readonly #db: Database;
  #keys: SigningKey[];

  constructor(db: Database) {
    this.#db = db;
    this.#keys = db
      .all<Row>("select kid, private_key from signing_keys order by created_at desc, rowid desc")
      .map((row) => ({ kid: row.kid, privateKey: createPrivateKey(row.private_key) }));
    if (this.#keys.length === 0) this.rotate();
  }

  /** Returns the key that signs. */
  get current(): SigningKey {
    const [key] = this.#keys;
    if (!key) throw new Error("There is no signing key.");
    return key;
  }

  /** Creates a new key that signs from now on, and returns its id. */
  rotate(): string {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const kid = `key_${createHash("sha256")
      .update(createPublicKey(privateKey).export({ type: "spki", format: "der" }))
      .digest("base64url")
      .slice(0, 26)}`;
    this.#db.run("insert into signing_keys values (:kid, :pem, :now)", {
      kid,
      pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      now: Date.now(),
    });
    this.#keys = [{ kid, privateKey }, ...this.#keys];
    return kid;
  }

  /** Returns the public keys as a JSON Web Key Set (RFC 7517). */
  jwks(): { keys: Record<string, unknown>[] } {
    return {
      keys: this.#keys.map(({ kid, privateKey }) => ({
        ...createPublicKey(privateKey).export({ format: "jwk" }),
        alg: "RS256",
        use: "sig",
        kid,
      })),
    };
  }
}
