/** Outbox: emails that the emulator shows instead of sending, from WorkOS (invitations) and from the app. */
import { newId } from "../ids.ts";
import type { Database } from "./database.ts";

/** The number of emails to keep. */
const KEPT = 1_000;

export const EMAIL_KINDS = ["alert", "test", "digest", "invitation"] as const;

export type Email = {
  id: string;
  /** Unix ms. */
  at: number;
  to: string;
  from: string;
  subject: string;
  text: string;
  kind: (typeof EMAIL_KINDS)[number];
};

/** Stored emails. */
export class Outbox {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Stores an email.
   *
   * @param id - Idempotency key of the sender: an email with a known id is not stored again.
   */
  add(email: Omit<Email, "id" | "at">, id: string = newId("email")): void {
    this.#db.transaction(() => {
      this.#db.run(
        `insert into outbox values (:id, :at, :to, :from, :subject, :text, :kind) on conflict do nothing`,
        { ...email, id, at: Date.now() },
      );
      this.#db.run(
        "delete from outbox where rowid <= (select rowid from outbox order by rowid desc limit 1 offset :kept)",
        { kept: KEPT },
      );
    });
  }

  /** Returns all emails, newest first. */
  all(): Email[] {
    return this.#db.all<Email>(
      `select id, sent_at as at, recipient as "to", sender as "from", subject, text, kind
       from outbox order by rowid desc`,
    );
  }
}
