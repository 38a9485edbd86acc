/** Routes of organizations and memberships. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { entityNotFound, WorkOSError } from "../errors.ts";
import { formatMembership, formatOrganization } from "../formats.ts";
import { listPage } from "../list-page.ts";
import { empty, json, type Reply } from "../reply.ts";
import { fieldsOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import type { Membership, Organization } from "../store/organization-store.ts";
import { userById } from "./users.ts";

const Role = v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,64}$/));
const NewOrganization = v.object({ name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(200)) });
const NewMembership = v.object({
  user_id: v.string(),
  organization_id: v.string(),
  role_slug: v.optional(Role, "member"),
});

function organizationById(context: WorkOSContext, id: string | undefined): Organization {
  const organization = context.store.organizations.byId(id ?? "");
  if (!organization) throw entityNotFound("Organization", id ?? "");
  return organization;
}

function membershipById(context: WorkOSContext, id: string | undefined): Membership {
  const membership = context.store.organizations.membership(id ?? "");
  if (!membership) throw entityNotFound("OrganizationMembership", id ?? "");
  return membership;
}

const show = (context: WorkOSContext, membership: Membership) =>
  formatMembership(membership, userById(context, membership.userId));

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
  return json(201, show(context, context.store.organizations.join(user.id, organization.id, body.role_slug)));
}

function updateMembership(context: WorkOSContext, request: WorkOSRequest, [id]: string[]): Reply {
  const membership = membershipById(context, id);
  const { role_slug } = parse(v.object({ role_slug: Role }), fieldsOf(request));
  const { userId, organizationId } = membership;
  return json(200, show(context, context.store.organizations.join(userId, organizationId, role_slug)));
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
      formatOrganization(context.store.organizations.create(parse(NewOrganization, fieldsOf(request)))),
    ),
  ),
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
    context.store.organizations.leave(membershipById(context, id).id);
    return empty(200);
  }),
  key("PUT", `${MEMBERSHIPS}/:id/deactivate`, (context, _request, [id]) =>
    json(200, show(context, context.store.organizations.setStatus(membershipById(context, id), "inactive"))),
  ),
  key("PUT", `${MEMBERSHIPS}/:id/reactivate`, (context, _request, [id]) =>
    json(200, show(context, context.store.organizations.setStatus(membershipById(context, id), "active"))),
  ),
];
