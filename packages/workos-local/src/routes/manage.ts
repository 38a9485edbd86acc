/** The emulator's own page: users, memberships and invitations, as in WorkOS's dashboard. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { managePage } from "../page/manage-page.ts";
import { type Reply, redirect } from "../reply.ts";
import { formOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import { acceptUrlOf } from "./invitations.ts";
import { deleteMembership, membershipById, setMembershipStatus, storeMembership } from "./organizations.ts";
import { userById } from "./users.ts";

function show(context: WorkOSContext): Reply {
  const { users, organizations, invitations } = context.store;
  return managePage({
    users: users.all().map((user) => ({
      user,
      memberships: organizations.memberships({ userId: user.id, organizationId: null }),
    })),
    organizations: organizations.all(),
    invitations: invitations.list({ email: null, organizationId: null }).map((invitation) => ({
      invitation,
      acceptUrl: acceptUrlOf(context, invitation),
    })),
  });
}

const Change = v.object({ membership: v.string(), action: v.picklist(["suspend", "restore", "remove"]) });
const Join = v.object({ user: v.string(), organization: v.string() });

function changeMembership(context: WorkOSContext, request: WorkOSRequest): Reply {
  const form = parse(Change, Object.fromEntries(formOf(request) ?? []));
  const membership = membershipById(context, form.membership);
  if (form.action === "remove") deleteMembership(context, membership);
  else setMembershipStatus(context, membership, form.action === "suspend" ? "inactive" : "active");
  return redirect(new URL("/", context.url));
}

function addMembership(context: WorkOSContext, request: WorkOSRequest): Reply {
  const form = parse(Join, Object.fromEntries(formOf(request) ?? []));
  storeMembership(context, userById(context, form.user).id, form.organization, "member");
  return redirect(new URL("/", context.url));
}

export const manageRoutes: Route[] = [
  route("public")("GET", "/", show),
  route("own-page")("POST", "/_page/membership", changeMembership),
  route("own-page")("POST", "/_page/memberships", addMembership),
];
