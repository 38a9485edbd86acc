/** Events, stored until the webhook endpoint has accepted them. */
import { newId } from "../ids.ts";
import type { Database } from "./database.ts";

export type EventType =
  | "user.created"
  | "user.updated"
  | "user.deleted"
  | "session.created"
  | "session.revoked"
  | "password_reset.succeeded"
  | "organization.created"
  | "organization.updated"
  | "organization.deleted"
  | "organization_membership.created"
  | "organization_membership.updated"
  | "organization_membership.deleted"
  | "invitation.created"
  | "invitation.accepted"
  | "invitation.revoked";

export type StoredEvent = {
  id: string;
  event: string;
  data: Record<string, unknown>;
  /** Unix ms. */
  createdAt: number;
  attempts: number;
  deliveredAt: number | null;
};

type Row = {
  id: string;
  event: string;
  data: string;
  created_at: number;
  attempts: number;
  delivered_at: number | null;
};

/** The number of events to keep. Older ones are deleted at the start. */
const KEPT = 1_000;

const fromRow = (row: Row): StoredEvent => ({
  id: row.id,
  event: row.event,
  data: JSON.parse(row.data),
  createdAt: row.created_at,
  attempts: row.attempts,
  deliveredAt: row.delivered_at,
});

/** Stored events. */
export class Events {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    db.run(
      "delete from events where rowid <= (select rowid from events order by rowid desc limit 1 offset :kept)",
      { kept: KEPT },
    );
  }

  add(event: string, data: Record<string, unknown>): string {
    const id = newId("event");
    this.#db.run("insert into events values (:id, :event, :data, :now, 0, null)", {
      id,
      event,
      data: JSON.stringify(data),
      now: Date.now(),
    });
    return id;
  }

  byId(id: string): StoredEvent | null {
    const row = this.#db.first<Row>("select * from events where id = :id", { id });
    return row && fromRow(row);
  }

  /** Returns the latest events, newest first. */
  latest(limit = 100): StoredEvent[] {
    return this.#db.all<Row>("select * from events order by rowid desc limit :limit", { limit }).map(fromRow);
  }

  /** Returns undelivered events, oldest first. */
  undelivered(since: number): StoredEvent[] {
    return this.#db
      .all<Row>("select * from events where delivered_at is null and created_at >= :since order by rowid", {
        since,
      })
      .map(fromRow);
  }

  attempted(id: string): void {
    this.#db.run("update events set attempts = attempts + 1 where id = :id", { id });
  }

  delivered(id: string): void {
    this.#db.run("update events set delivered_at = :now where id = :id", { id, now: Date.now() });
  }
}
