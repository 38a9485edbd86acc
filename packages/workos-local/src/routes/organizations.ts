/** Routes of organizations and memberships. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { entityNotFound, WorkOSError } from "../errors.ts";
import { formatMembership, formatOrganization } from "../formats.ts";
import { listPage } from "../list-page.ts";
import { empty, json, type Reply } from "../reply.ts";
import { fieldsOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import type { Membership, MembershipStatus, Organization } from "../store/organization-store.ts";
import { userById } from "./users.ts";

export const Role = v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,64}$/));
const NewOrganization = v.object({ name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(200)) });
const NewMembership = v.object({
  user_id: v.string(),
  organization_id: v.string(),
  role_slug: v.optional(Role, "member"),
});

/** @throws {WorkOSError} 404 when there is no such organization. */
export function organizationById(context: WorkOSContext, id: string | undefined): Organization {
  const organization = context.store.organizations.byId(id ?? "");
  if (!organization) throw entityNotFound("Organization", id ?? "");
  return organization;
}

/** @throws {WorkOSError} 404 when there is no such membership. */
export function membershipById(context: WorkOSContext, id: string | undefined): Membership {
  const membership = context.store.organizations.membership(id ?? "");
  if (!membership) throw entityNotFound("OrganizationMembership", id ?? "");
  return membership;
}

const show = (context: WorkOSContext, membership: Membership) =>
  formatMembership(membership, userById(context, membership.userId));

/** Adds a user to an organization, or makes their membership active with this role, and emits the event. */
export function storeMembership(
  context: WorkOSContext,
  userId: string,
  organizationId: string,
  role: string,
): Membership {
  return context.store.transaction(() => {
    const { organizations } = context.store;
    const isNew = organizations.memberships({ userId, organizationId }).length === 0;
    const membership = organizations.join(userId, organizationId, role);
    const event = isNew ? "organization_membership.created" : "organization_membership.updated";
    context.emit(event, show(context, membership));
    return membership;
  });
}

/** Changes the status of a membership and emits the event. */
export function setMembershipStatus(
  context: WorkOSContext,
  membership: Membership,
  status: MembershipStatus,
): Membership {
  return context.store.transaction(() => {
    const changed = context.store.organizations.change(membership, { status });
    context.emit("organization_membership.updated", show(context, changed));
    return changed;
  });
}

/** Deletes a membership and emits the event. */
export function deleteMembership(context: WorkOSContext, membership: Membership): void {
  context.store.transaction(() => {
    context.store.organizations.leave(membership.id);
    context.emit("organization_membership.deleted", show(context, membership));
  });
}

function createOrganization(context: WorkOSContext, name: string): Organization {
  return context.store.transaction(() => {
    const organization = context.store.organizations.create({ name });
    context.emit("organization.created", formatOrganization(organization));
    return organization;
  });
}

function renameOrganization(
  context: WorkOSContext,
  organization: Organization,
  request: WorkOSRequest,
): Organization {
  const { name } = parse(NewOrganization, fieldsOf(request));
  return context.store.transaction(() => {
    const renamed = context.store.organizations.rename(organization, name);
    context.emit("organization.updated", formatOrganization(renamed));
    return renamed;
  });
}

/** Lists memberships, by default active ones, as in WorkOS. */
function listMemberships(context: WorkOSContext, request: WorkOSRequest): Reply {
  const userId = request.query.get("user_id");
  const organizationId = request.query.get("organization_id");
  if (!userId && !organizationId)
    throw new WorkOSError(400, {
      code: "missing_user_id_or_organization_id",
      message: "Either user_id or organization_id must be given.",
    });
  const statuses = (request.query.get("statuses") ?? "active").split(",");
  const memberships = context.store.organizations
    .memberships({ userId, organizationId })
    .filter((membership) => statuses.includes(membership.status));
  return json(
    200,
    listPage(memberships, request.query, (membership) => show(context, membership)),
  );
}

function createMembership(context: WorkOSContext, request: WorkOSRequest): Reply {
  const body = parse(NewMembership, fieldsOf(request));
  const user = userById(context, body.user_id);
  const organization = organizationById(context, body.organization_id);
  if (context.store.organizations.activeMembership(user.id, organization.id))
    throw new WorkOSError(409, {
      code: "organization_membership_already_exists",
      message: "The user is already a member of the organization.",
    });
  return json(201, show(context, storeMembership(context, user.id, organization.id, body.role_slug)));
}

function updateMembership(context: WorkOSContext, request: WorkOSRequest, [id]: string[]): Reply {
  const membership = membershipById(context, id);
  const { role_slug } = parse(v.object({ role_slug: Role }), fieldsOf(request));
  const changed = context.store.transaction(() => {
    const written = context.store.organizations.change(membership, { role: role_slug });
    context.emit("organization_membership.updated", show(context, written));
    return written;
  });
  return json(200, show(context, changed));
}

const key = route("key");
const MEMBERSHIPS = "/user_management/organization_memberships";

export const organizationRoutes: Route[] = [
  key("GET", "/organizations", (context, request) =>
    json(200, listPage(context.store.organizations.all(), request.query, formatOrganization)),
  ),
  key("POST", "/organizations", (context, request) =>
    json(
      201,
      formatOrganization(createOrganization(context, parse(NewOrganization, fieldsOf(request)).name)),
    ),
  ),
  key("PUT", "/organizations/:id", (context, request, [id]) =>
    json(200, formatOrganization(renameOrganization(context, organizationById(context, id), request))),
  ),
  key("DELETE", "/organizations/:id", (context, _request, [id]) => {
    const organization = organizationById(context, id);
    context.store.transaction(() => {
      context.store.organizations.delete(organization.id);
      context.emit("organization.deleted", formatOrganization(organization));
    });
    return empty(202);
  }),
  key("GET", "/organizations/:id", (context, _request, [id]) =>
    json(200, formatOrganization(organizationById(context, id))),
  ),
  key("GET", MEMBERSHIPS, listMemberships),
  key("POST", MEMBERSHIPS, createMembership),
  key("GET", `${MEMBERSHIPS}/:id`, (context, _request, [id]) =>
    json(200, show(context, membershipById(context, id))),
  ),
  key("PUT", `${MEMBERSHIPS}/:id`, updateMembership),
  key("DELETE", `${MEMBERSHIPS}/:id`, (context, _request, [id]) => {
    deleteMembership(context, membershipById(context, id));
    return empty(200);
  }),
  key("PUT", `${MEMBERSHIPS}/:id/deactivate`, (context, _request, [id]) =>
    json(200, show(context, setMembershipStatus(context, membershipById(context, id), "inactive"))),
  ),
  key("PUT", `${MEMBERSHIPS}/:id/reactivate`, (context, _request, [id]) =>
    json(200, show(context, setMembershipStatus(context, membershipById(context, id), "active"))),
  ),
];
