/** Secrets that are valid once, for minutes: authorization codes, second factors, password resets. */
import { newSecret, sha256 } from "../ids.ts";
import type { Database } from "./database.ts";

export type Purpose = "authorization_code" | "second_factor" | "pending_authentication" | "password_reset";

/** Issues and redeems tokens. */
export class OneTimeTokens {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    db.run("delete from one_time_tokens where expires_at < :before", { before: Date.now() - 86_400_000 });
  }

  /**
   * Issues a token.
   *
   * @param purpose - What it can be used for.
   * @param content - What it stands for, as a JSON value.
   * @param lifetime - In ms; 0 issues an expired token.
   */
  issue<Content>(purpose: Purpose, content: Content, lifetime: number): string {
    const token = newSecret();
    this.#db.run("insert into one_time_tokens values (:hash, :purpose, :content, :expiresAt, null)", {
      hash: sha256(token),
      purpose,
      content: JSON.stringify(content),
      expiresAt: Date.now() + lifetime,
    });
    return token;
  }

  /** Reads a token without using it. `Content` must be the type that was issued for this purpose. */
  read<Content>(purpose: Purpose, token: string): Content | null {
    const row = this.#db.first<{ content: string }>(
      `select content from one_time_tokens
       where hash = :hash and purpose = :purpose and used_at is null and expires_at > :now`,
      { hash: sha256(token), purpose, now: Date.now() },
    );
    return row && JSON.parse(row.content);
  }

  /** Uses a token. Returns null if it is unknown, already used, or expired. */
  spend<Content>(purpose: Purpose, token: string): Content | null {
    return this.#db.transaction(() => {
      const content = this.read<Content>(purpose, token);
      if (content !== null)
        this.#db.run("update one_time_tokens set used_at = :now where hash = :hash", {
          hash: sha256(token),
          now: Date.now(),
        });
      return content;
    });
  }
}
