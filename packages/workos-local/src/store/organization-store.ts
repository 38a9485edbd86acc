/** Organizations, their memberships and their sign-in requirements. */
import { newId } from "../ids.ts";
import type { Database } from "./database.ts";

/** A sign-in requirement of an organization. */
export type Requirement = "sso" | "second_factor";

export type Organization = {
  id: string;
  name: string;
  requires: Requirement | null;
  /** The SSO connection, if there is one. */
  connectionId: string | null;
  /** Unix ms, like all times here. */
  createdAt: number;
  updatedAt: number;
};

export type MembershipStatus = "active" | "inactive" | "pending";

export type Membership = {
  id: string;
  userId: string;
  organizationId: string;
  organizationName: string;
  role: string;
  status: MembershipStatus;
  createdAt: number;
  updatedAt: number;
};

const ORGANIZATION = `select id, name, requires, connection_id as connectionId, created_at as createdAt,
  updated_at as updatedAt from organizations`;
const MEMBERSHIP = `select m.id, m.user_id as userId, m.organization_id as organizationId,
  o.name as organizationName, m.role, m.status, m.created_at as createdAt, m.updated_at as updatedAt
  from memberships m join organizations o on o.id = m.organization_id`;

/** Stored organizations and memberships. */
export class Organizations {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  byId(id: string): Organization | null {
    return this.#db.first<Organization>(`${ORGANIZATION} where id = :id`, { id });
  }

  all(): Organization[] {
    return this.#db.all<Organization>(ORGANIZATION);
  }

  create(fields: {
    id?: string;
    name: string;
    requires?: Requirement | null;
    connectionId?: string | null;
  }): Organization {
    const now = Date.now();
    const organization: Organization = {
      id: fields.id ?? newId("org", now),
      name: fields.name,
      requires: fields.requires ?? null,
      connectionId: fields.connectionId ?? (fields.requires === "sso" ? newId("conn", now) : null),
      createdAt: now,
      updatedAt: now,
    };
    this.#db.run(
      "insert into organizations values (:id, :name, :requires, :connectionId, :createdAt, :updatedAt)",
      organization,
    );
    return organization;
  }

  membership(id: string): Membership | null {
    return this.#db.first<Membership>(`${MEMBERSHIP} where m.id = :id`, { id });
  }

  /** Returns the active membership of a user in an organization. */
  activeMembership(userId: string, organizationId: string): Membership | null {
    return this.#db.first<Membership>(
      `${MEMBERSHIP} where m.user_id = :userId and m.organization_id = :organizationId and m.status = 'active'`,
      { userId, organizationId },
    );
  }

  memberships(by: { userId: string | null; organizationId: string | null }): Membership[] {
    return this.#db.all<Membership>(
      `${MEMBERSHIP} where (:userId is null or m.user_id = :userId)
         and (:organizationId is null or m.organization_id = :organizationId)`,
      by,
    );
  }

  /** Adds a user to an organization, or changes the role of a member. */
  join(userId: string, organizationId: string, role: string): Membership {
    const now = Date.now();
    const id = newId("om", now);
    this.#db.run(
      `insert into memberships values (:id, :userId, :organizationId, :role, 'active', :now, :now)
       on conflict (user_id, organization_id) do update set role = :role, status = 'active', updated_at = :now`,
      { id, userId, organizationId, role, now },
    );
    const membership = this.activeMembership(userId, organizationId);
    if (!membership) throw new Error("The membership was not stored.");
    return membership;
  }

  setStatus(membership: Membership, status: MembershipStatus): Membership {
    const updatedAt = Date.now();
    this.#db.run("update memberships set status = :status, updated_at = :updatedAt where id = :id", {
      id: membership.id,
      status,
      updatedAt,
    });
    return { ...membership, status, updatedAt };
  }

  leave(membershipId: string): void {
    this.#db.run("delete from memberships where id = :membershipId", { membershipId });
  }
}
