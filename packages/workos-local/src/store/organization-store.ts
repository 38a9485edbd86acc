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

  byConnection(id: string): Organization | null {
    return this.#db.first<Organization>(`${ORGANIZATION} where connection_id = :id`, { id });
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

  /** Returns the active memberships of a user. */
  activeMemberships(userId: string): Membership[] {
    return this.memberships({ userId, organizationId: null }).filter(({ status }) => status === "active");
  }

  /** Adds a user to an organization, or makes an existing membership active with this role. */
  join(userId: string, organizationId: string, role: string): Membership {
    const [known] = this.memberships({ userId, organizationId });
    if (known) return this.change(known, { role, status: "active" });
    const now = Date.now();
    const id = newId("om", now);
    this.#db.run(
      "insert into memberships values (:id, :userId, :organizationId, :role, 'active', :now, :now)",
      { id, userId, organizationId, role, now },
    );
    const membership = this.membership(id);
    if (!membership) throw new Error("The membership was not stored.");
    return membership;
  }

  /** Changes a membership. `updatedAt` always increases, so that changes can be ordered. */
  change(membership: Membership, fields: { role?: string; status?: MembershipStatus }): Membership {
    const updatedAt = Math.max(Date.now(), membership.updatedAt + 1);
    const changed: Membership = { ...membership, ...fields, updatedAt };
    this.#db.run(
      "update memberships set role = :role, status = :status, updated_at = :updatedAt where id = :id",
      { id: changed.id, role: changed.role, status: changed.status, updatedAt },
    );
    return changed;
  }

  rename(organization: Organization, name: string): Organization {
    const updatedAt = Math.max(Date.now(), organization.updatedAt + 1);
    this.#db.run("update organizations set name = :name, updated_at = :updatedAt where id = :id", {
      id: organization.id,
      name,
      updatedAt,
    });
    return { ...organization, name, updatedAt };
  }

  /** Deletes an organization with its memberships and invitations. */
  delete(id: string): void {
    this.#db.transaction(() => {
      this.#db.run("delete from memberships where organization_id = :id", { id });
      this.#db.run("delete from invitations where organization_id = :id", { id });
      this.#db.run("delete from organizations where id = :id", { id });
    });
  }

  leave(membershipId: string): void {
    this.#db.run("delete from memberships where id = :membershipId", { membershipId });
  }
}
