/**
 * The SQLite file with all state of the emulator, so that a restart signs no user out. Only the files of this folder
 * contain SQL.
 */
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

const SCHEMA = `
create table if not exists users (
  id text primary key,
  email text not null unique collate nocase,
  first_name text, last_name text, profile_picture_url text,
  email_verified integer not null,
  role text, external_id text, locale text, metadata text not null,
  last_sign_in_at integer, created_at integer not null, updated_at integer not null
) strict;
create table if not exists organizations (
  id text primary key, name text not null, requires text, connection_id text,
  created_at integer not null, updated_at integer not null
) strict;
create table if not exists memberships (
  id text primary key, user_id text not null, organization_id text not null,
  role text not null, status text not null,
  created_at integer not null, updated_at integer not null,
  unique (user_id, organization_id)
) strict;
create table if not exists sessions (
  id text primary key, user_id text not null, organization_id text,
  method text not null, second_factor integer not null, sso_organization_id text,
  impersonator_email text, impersonator_reason text,
  ip_address text, user_agent text,
  expires_at integer not null, ended_at integer,
  created_at integer not null, updated_at integer not null
) strict;
create index if not exists sessions_by_user on sessions (user_id);
create table if not exists refresh_tokens (
  hash text primary key, session_id text not null, created_at integer not null, used_at integer
) strict;
create table if not exists refresh_responses (
  hash text primary key, response text not null, created_at integer not null
) strict;
create table if not exists invitations (
  id text primary key, email text not null collate nocase, token text not null unique, state text not null,
  organization_id text, inviter_user_id text, role text,
  accepted_user_id text, accepted_at integer, revoked_at integer,
  expires_at integer not null, created_at integer not null, updated_at integer not null
) strict;
create table if not exists outbox (
  id text primary key, sent_at integer not null, recipient text not null, sender text not null,
  subject text not null, text text not null, kind text not null
) strict;
create table if not exists one_time_tokens (
  hash text primary key, purpose text not null, content text not null,
  expires_at integer not null, used_at integer
) strict;
create table if not exists signing_keys (
  kid text primary key, private_key text not null, created_at integer not null
) strict;
create table if not exists events (
  id text primary key, event text not null, data text not null,
  created_at integer not null, attempts integer not null, delivered_at integer
) strict;
create table if not exists faults (id integer primary key, fault text not null, remaining integer) strict;
create table if not exists settings (name text primary key, value text not null) strict;
`;

/** Named parameters of a statement. */
export type Parameters = Record<string, SQLInputValue>;

/** Runs statements. */
export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  /**
   * @param file - Path of the database, created with mode 600 if it does not exist; `:memory:` for none.
   * @throws {Error} when the file cannot be opened or is not a database.
   */
  constructor(file: string) {
    if (file !== ":memory:") {
      mkdirSync(dirname(file), { recursive: true });
      closeSync(openSync(file, "a", 0o600));
      chmodSync(file, 0o600);
    }
    this.#sqlite = new DatabaseSync(file);
    // WAL files get the mode of the main file; with WAL, NORMAL loses nothing when the process dies.
    this.#sqlite.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 2000;");
    this.#sqlite.exec(SCHEMA);
  }

  /** Returns all rows. `Row` must match the columns of `sql` in the schema above. */
  all<Row>(sql: string, parameters: Parameters = {}): Row[] {
    return this.#prepared(sql).all(parameters) as Row[];
  }

  /** Returns the first row, or null. */
  first<Row>(sql: string, parameters: Parameters = {}): Row | null {
    return (this.#prepared(sql).get(parameters) as Row | undefined) ?? null;
  }

  /** Runs a statement and returns the number of changed rows. */
  run(sql: string, parameters: Parameters = {}): number {
    return Number(this.#prepared(sql).run(parameters).changes);
  }

  /** Runs `work` in a transaction, or in the current one. `work` must be synchronous. */
  transaction<Result>(work: () => Result): Result {
    if (this.#sqlite.isTransaction) return work();
    this.#sqlite.exec("begin immediate");
    try {
      const result = work();
      this.#sqlite.exec("commit");
      return result;
    } catch (error) {
      this.#sqlite.exec("rollback");
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  #prepared(sql: string) {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#sqlite.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
