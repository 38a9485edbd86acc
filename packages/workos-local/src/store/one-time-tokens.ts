/** Secrets that are good once and for minutes: authorization codes, the second factor's step, password resets. */
import { newSecret, sha256 } from "../ids.ts";
import type { Database } from "./database.ts";

export type Purpose = "authorization_code" | "second_factor" | "pending_authentication" | "password_reset";

export class OneTimeTokens {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    db.run("delete from one_time_tokens where expires_at < :before", { before: Date.now() - 86_400_000 });
  }

  /**
   * @param content what the token stands for; must survive JSON
   * @param lifetime ms; 0 makes one that has run out already
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

  /** Looks without using up. `Content` is what was given to `issue` for this purpose. */
  read<Content>(purpose: Purpose, token: string): Content | null {
    const row = this.#db.first<{ content: string }>(
      `select content from one_time_tokens
       where hash = :hash and purpose = :purpose and used_at is null and expires_at > :now`,
      { hash: sha256(token), purpose, now: Date.now() },
    );
    return row && JSON.parse(row.content);
  }

  /** Uses the token up. Null when it is unknown, was used before, or has run out. */
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
