/** Invitations by email, to the app or to an organization. */
import { newId, newSecret } from "../ids.ts";
import type { Database } from "./database.ts";

const DAY = 86_400_000;

export type InvitationState = "pending" | "accepted" | "revoked";

export type Invitation = {
  id: string;
  email: string;
  token: string;
  /** As stored. A pending invitation whose time has passed is expired in the API. */
  state: InvitationState;
  organizationId: string | null;
  inviterUserId: string | null;
  role: string | null;
  acceptedUserId: string | null;
  /** Unix ms, like all times here. */
  acceptedAt: number | null;
  revokedAt: number | null;
  expiresAt: number;
  createdAt: number;
  updatedAt: number;
};

const COLUMNS = `select id, email, token, state, organization_id as organizationId, inviter_user_id as inviterUserId,
  role, accepted_user_id as acceptedUserId, accepted_at as acceptedAt, revoked_at as revokedAt,
  expires_at as expiresAt, created_at as createdAt, updated_at as updatedAt from invitations`;

/** Stored invitations. */
export class Invitations {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  byId(id: string): Invitation | null {
    return this.#db.first<Invitation>(`${COLUMNS} where id = :id`, { id });
  }

  byToken(token: string): Invitation | null {
    return this.#db.first<Invitation>(`${COLUMNS} where token = :token`, { token });
  }

  list(by: { email: string | null; organizationId: string | null }): Invitation[] {
    return this.#db.all<Invitation>(
      `${COLUMNS} where (:email is null or email = :email)
         and (:organizationId is null or organization_id = :organizationId)`,
      by,
    );
  }

  /** Returns the invitation that can still be accepted, or null. */
  pending(email: string, organizationId: string | null): Invitation | null {
    return this.#db.first<Invitation>(
      `${COLUMNS} where email = :email and organization_id is :organizationId and state = 'pending'
         and expires_at > :now`,
      { email, organizationId, now: Date.now() },
    );
  }

  create(fields: {
    email: string;
    organizationId: string | null;
    inviterUserId: string | null;
    role: string | null;
    expiresInDays: number;
  }): Invitation {
    const now = Date.now();
    const { expiresInDays, ...given } = fields;
    const invitation: Invitation = {
      ...given,
      id: newId("invitation", now),
      token: newSecret(),
      state: "pending",
      acceptedUserId: null,
      acceptedAt: null,
      revokedAt: null,
      expiresAt: now + expiresInDays * DAY,
      createdAt: now,
      updatedAt: now,
    };
    this.#db.run(
      `insert into invitations values (:id, :email, :token, :state, :organizationId, :inviterUserId, :role,
         :acceptedUserId, :acceptedAt, :revokedAt, :expiresAt, :createdAt, :updatedAt)`,
      invitation,
    );
    return invitation;
  }

  accept(invitation: Invitation, userId: string): Invitation {
    const now = Date.now();
    return this.#change({ ...invitation, state: "accepted", acceptedUserId: userId, acceptedAt: now }, now);
  }

  revoke(invitation: Invitation): Invitation {
    const now = Date.now();
    return this.#change({ ...invitation, state: "revoked", revokedAt: now }, now);
  }

  #change(invitation: Invitation, now: number): Invitation {
    const changed = { ...invitation, updatedAt: Math.max(now, invitation.updatedAt + 1) };
    const { id, state, acceptedUserId, acceptedAt, revokedAt, updatedAt } = changed;
    this.#db.run(
      `update invitations set state = :state, accepted_user_id = :acceptedUserId, accepted_at = :acceptedAt,
         revoked_at = :revokedAt, updated_at = :updatedAt where id = :id`,
      { id, state, acceptedUserId, acceptedAt, revokedAt, updatedAt },
    );
    return changed;
  }
}
