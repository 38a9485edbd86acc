/** Users. Emails are unique and case-insensitive, as in WorkOS. */
import { newId } from "../ids.ts";
import type { Database } from "./database.ts";

export type User = {
  id: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  profilePictureUrl: string | null;
  emailVerified: boolean;
  /** A role claim without an organization; in WorkOS, from a JWT template. */
  role: string | null;
  externalId: string | null;
  locale: string | null;
  metadata: Record<string, string>;
  /** Unix ms, like all times here. */
  lastSignInAt: number | null;
  createdAt: number;
  updatedAt: number;
};

export type UserFields = Partial<
  Pick<
    User,
    | "email"
    | "firstName"
    | "lastName"
    | "profilePictureUrl"
    | "emailVerified"
    | "role"
    | "externalId"
    | "locale"
    | "metadata"
  >
>;

type Row = {
  id: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  profile_picture_url: string | null;
  email_verified: number;
  role: string | null;
  external_id: string | null;
  locale: string | null;
  metadata: string;
  last_sign_in_at: number | null;
  created_at: number;
  updated_at: number;
};

const fromRow = (row: Row): User => ({
  id: row.id,
  email: row.email,
  firstName: row.first_name,
  lastName: row.last_name,
  profilePictureUrl: row.profile_picture_url,
  emailVerified: row.email_verified === 1,
  role: row.role,
  externalId: row.external_id,
  locale: row.locale,
  metadata: JSON.parse(row.metadata),
  lastSignInAt: row.last_sign_in_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Stored users. */
export class Users {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  byId(id: string): User | null {
    const row = this.#db.first<Row>("select * from users where id = :id", { id });
    return row && fromRow(row);
  }

  byEmail(email: string): User | null {
    const row = this.#db.first<Row>("select * from users where email = :email", { email: email.trim() });
    return row && fromRow(row);
  }

  /** Returns all users, or the members of one organization. */
  all(organizationId: string | null = null): User[] {
    return this.#db
      .all<Row>(
        `select * from users where :organizationId is null
           or id in (select user_id from memberships where organization_id = :organizationId)`,
        { organizationId },
      )
      .map(fromRow);
  }

  /** Creates a user. The caller ensures that the email is not in use. */
  create(fields: UserFields & { email: string; id?: string }): User {
    const now = Date.now();
    const user: User = {
      id: fields.id ?? newId("user", now),
      email: fields.email.trim(),
      firstName: fields.firstName ?? null,
      lastName: fields.lastName ?? null,
      profilePictureUrl: fields.profilePictureUrl ?? null,
      emailVerified: fields.emailVerified ?? false,
      role: fields.role ?? null,
      externalId: fields.externalId ?? null,
      locale: fields.locale ?? null,
      metadata: fields.metadata ?? {},
      lastSignInAt: null,
      createdAt: now,
      updatedAt: now,
    };
    this.#write(user);
    return user;
  }

  /** Changes the given fields; null clears one. `updatedAt` always increases, so that changes can be ordered. */
  update(user: User, fields: UserFields): User {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const changed: User = { ...user, ...given, updatedAt: Math.max(Date.now(), user.updatedAt + 1) };
    this.#write(changed);
    return changed;
  }

  /** Stores a sign-in. It does not change `updatedAt`, because the profile stays the same. */
  signedIn(user: User): User {
    const changed: User = { ...user, lastSignInAt: Date.now() };
    this.#write(changed);
    return changed;
  }

  /** Deletes a user with their memberships, sessions and refresh tokens. */
  delete(id: string): void {
    this.#db.transaction(() => {
      this.#db.run(
        "delete from refresh_tokens where session_id in (select id from sessions where user_id = :id)",
        { id },
      );
      this.#db.run("delete from sessions where user_id = :id", { id });
      this.#db.run("delete from memberships where user_id = :id", { id });
      this.#db.run("delete from users where id = :id", { id });
    });
  }

  #write(user: User): void {
    this.#db.run(
      `insert into users values (:id, :email, :firstName, :lastName, :profilePictureUrl, :emailVerified, :role,
         :externalId, :locale, :metadata, :lastSignInAt, :createdAt, :updatedAt)
       on conflict (id) do update set email = excluded.email, first_name = excluded.first_name,
         last_name = excluded.last_name, profile_picture_url = excluded.profile_picture_url,
         email_verified = excluded.email_verified, role = excluded.role, external_id = excluded.external_id,
         locale = excluded.locale, metadata = excluded.metadata, last_sign_in_at = excluded.last_sign_in_at,
         updated_at = excluded.updated_at`,
      { ...user, emailVerified: Number(user.emailVerified), metadata: JSON.stringify(user.metadata) },
    );
  }
}
