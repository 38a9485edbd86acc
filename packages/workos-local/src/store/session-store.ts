/** Sessions and their refresh tokens, which work once, and for 30 s more with the same response. */
import { newId, newSecret, sha256 } from "../ids.ts";
import type { Database } from "./database.ts";

const DAY = 86_400_000;
/** Longest time for which the response of a refresh token is kept. */
const LONGEST_REPLAY_MS = 60 * 60_000;
/** Configured in the dashboard of WorkOS. */
const SESSION_LIFETIME = 30 * DAY;
/** https://workos.com/docs/authkit/impersonation: an impersonated session ends after an hour. */
const IMPERSONATED_LIFETIME = 60 * 60_000;

/** How a user signed in. `formats.ts` has the two spellings of each method in the API. */
export type SignInMethod = "magic_auth" | "sso" | "impersonation";

/** Details of a sign-in that the session keeps. */
export type SignIn = {
  method: SignInMethod;
  organizationId: string | null;
  secondFactor: boolean;
  /** The organization whose SSO connection was used. */
  ssoOrganizationId: string | null;
  impersonator: { email: string; reason: string | null } | null;
  ipAddress: string | null;
  userAgent: string | null;
};

export type Session = SignIn & {
  id: string;
  userId: string;
  /** Unix ms, like all times here. */
  expiresAt: number;
  endedAt: number | null;
  createdAt: number;
  updatedAt: number;
};

/** Why a refresh token is rejected; always `invalid_grant` in the API. */
export type RefreshRejection = "unknown" | "already_exchanged" | "session_ended";

type Row = {
  id: string;
  user_id: string;
  organization_id: string | null;
  method: SignInMethod;
  second_factor: number;
  sso_organization_id: string | null;
  impersonator_email: string | null;
  impersonator_reason: string | null;
  ip_address: string | null;
  user_agent: string | null;
  expires_at: number;
  ended_at: number | null;
  created_at: number;
  updated_at: number;
};

const fromRow = (row: Row): Session => ({
  id: row.id,
  userId: row.user_id,
  organizationId: row.organization_id,
  method: row.method,
  secondFactor: row.second_factor === 1,
  ssoOrganizationId: row.sso_organization_id,
  impersonator:
    row.impersonator_email === null
      ? null
      : { email: row.impersonator_email, reason: row.impersonator_reason },
  ipAddress: row.ip_address,
  userAgent: row.user_agent,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Stored sessions. */
export class Sessions {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    // Tokens that were used long ago need not be kept, because unknown tokens are rejected too.
    db.run("delete from refresh_tokens where used_at < :before", { before: Date.now() - 7 * DAY });
    this.#forgetResponses();
  }

  byId(id: string): Session | null {
    const row = this.#db.first<Row>("select * from sessions where id = :id", { id });
    return row && fromRow(row);
  }

  /** Returns the active sessions of a user. */
  active(userId: string): Session[] {
    return this.#db
      .all<Row>("select * from sessions where user_id = :userId and ended_at is null and expires_at > :now", {
        userId,
        now: Date.now(),
      })
      .map(fromRow);
  }

  start(userId: string, signIn: SignIn): Session {
    const now = Date.now();
    const session: Session = {
      ...signIn,
      id: newId("session", now),
      userId,
      expiresAt: now + (signIn.impersonator ? IMPERSONATED_LIFETIME : SESSION_LIFETIME),
      endedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    this.#db.run(
      `insert into sessions values (:id, :userId, :organizationId, :method, :secondFactor, :ssoOrganizationId,
         :impersonatorEmail, :impersonatorReason, :ipAddress, :userAgent, :expiresAt, null, :now, :now)`,
      {
        id: session.id,
        userId,
        organizationId: signIn.organizationId,
        method: signIn.method,
        secondFactor: Number(signIn.secondFactor),
        ssoOrganizationId: signIn.ssoOrganizationId,
        impersonatorEmail: signIn.impersonator?.email ?? null,
        impersonatorReason: signIn.impersonator?.reason ?? null,
        ipAddress: signIn.ipAddress,
        userAgent: signIn.userAgent,
        expiresAt: session.expiresAt,
        now,
      },
    );
    return session;
  }

  /** Stores a refresh and the organization of the session. */
  refreshed(session: Session, organizationId: string | null): Session {
    const updatedAt = Date.now();
    this.#db.run(
      "update sessions set organization_id = :organizationId, updated_at = :updatedAt where id = :id",
      { id: session.id, organizationId, updatedAt },
    );
    return { ...session, organizationId, updatedAt };
  }

  /** Ends a session. Returns null if it does not exist or has already ended. */
  end(id: string): Session | null {
    const now = Date.now();
    const ended = this.#db.run(
      "update sessions set ended_at = :now, updated_at = :now where id = :id and ended_at is null",
      { id, now },
    );
    return ended === 0 ? null : this.byId(id);
  }

  newRefreshToken(sessionId: string): string {
    const token = newSecret();
    this.#db.run("insert into refresh_tokens values (:hash, :sessionId, :now, null)", {
      hash: sha256(token),
      sessionId,
      now: Date.now(),
    });
    return token;
  }

  /** Returns the session of a refresh token, or why it is rejected. Does not use the token. */
  ofRefreshToken(token: string): Session | RefreshRejection {
    const row = this.#db.first<{ session_id: string; used_at: number | null }>(
      "select session_id, used_at from refresh_tokens where hash = :hash",
      { hash: sha256(token) },
    );
    if (!row) return "unknown";
    const session = this.byId(row.session_id);
    if (!session) return "unknown";
    if (session.endedAt !== null || session.expiresAt <= Date.now()) return "session_ended";
    return row.used_at === null ? session : "already_exchanged";
  }

  /**
   * Returns the response that a used refresh token got, while its session is active; otherwise null.
   *
   * @param seconds - How long the response is given again.
   */
  responseOf(token: string, seconds: number): unknown {
    const hash = sha256(token);
    const row = this.#db.first<{ response: string; session_id: string }>(
      `select response, session_id from refresh_responses join refresh_tokens using (hash)
       where hash = :hash and refresh_responses.created_at > :after`,
      { hash, after: Date.now() - seconds * 1000 },
    );
    if (!row || this.byId(row.session_id)?.endedAt !== null) return null;
    return JSON.parse(row.response);
  }

  keepResponse(token: string, response: unknown): void {
    this.#forgetResponses();
    this.#db.run("insert into refresh_responses values (:hash, :response, :now)", {
      hash: sha256(token),
      response: JSON.stringify(response),
      now: Date.now(),
    });
  }

  #forgetResponses(): void {
    this.#db.run("delete from refresh_responses where created_at < :before", {
      before: Date.now() - LONGEST_REPLAY_MS,
    });
  }

  spendRefreshToken(token: string): void {
    this.#db.run("update refresh_tokens set used_at = :now where hash = :hash", {
      hash: sha256(token),
      now: Date.now(),
    });
  }
}
