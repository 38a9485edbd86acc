/** Routes of invitations: https://workos.com/docs/reference/authkit/invitation */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { entityNotFound, WorkOSError } from "../errors.ts";
import { formatInvitation } from "../formats.ts";
import { listPage } from "../list-page.ts";
import { json, type Reply } from "../reply.ts";
import { fieldsOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import type { Invitation } from "../store/invitation-store.ts";
import type { User } from "../store/user-store.ts";
import { organizationById, Role, storeMembership } from "./organizations.ts";
import { Email } from "./users.ts";

const SENDER = "WorkOS emulator <no-reply@workos.example>";

const NewInvitation = v.object({
  email: Email,
  organization_id: v.nullish(v.string()),
  expires_in_days: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 7),
  inviter_user_id: v.nullish(v.string()),
  role_slug: v.nullish(Role),
});

/** Returns the link in the email of an invitation. */
export function acceptUrlOf(context: WorkOSContext, { token }: Invitation): string {
  const url = new URL(context.signInUrl ?? context.url);
  url.searchParams.set("invitation_token", token);
  return url.href;
}

const show = (context: WorkOSContext, invitation: Invitation) =>
  formatInvitation(invitation, acceptUrlOf(context, invitation));

function invitationById(context: WorkOSContext, id: string | undefined): Invitation {
  const invitation = context.store.invitations.byId(id ?? "");
  if (!invitation) throw entityNotFound("Invitation", id ?? "");
  return invitation;
}

function send(context: WorkOSContext, request: WorkOSRequest): Reply {
  const body = parse(NewInvitation, fieldsOf(request));
  const { store } = context;
  const organization = body.organization_id ? organizationById(context, body.organization_id) : null;
  const organizationId = organization?.id ?? null;
  const known = store.users.byEmail(body.email);
  if (known && organizationId && store.organizations.activeMembership(known.id, organizationId))
    throw new WorkOSError(400, {
      code: "user_already_organization_member",
      message: "The user is already a member of the organization.",
    });
  if (store.invitations.pending(body.email, organizationId))
    throw new WorkOSError(400, {
      code: organizationId ? "email_already_invited_to_organization" : "email_already_invited",
      message: "An invitation for this email is pending.",
    });
  const invitation = store.transaction(() => {
    const created = store.invitations.create({
      email: body.email,
      organizationId,
      inviterUserId: body.inviter_user_id ?? null,
      role: body.role_slug ?? null,
      expiresInDays: body.expires_in_days ?? 7,
    });
    const place = organization?.name ?? "the app";
    store.outbox.add({
      to: created.email,
      from: SENDER,
      subject: `You are invited to ${place}`,
      text: `Accept the invitation to ${place}: ${acceptUrlOf(context, created)}`,
      kind: "invitation",
    });
    context.emit("invitation.created", withoutToken(context, created));
    return created;
  });
  return json(201, show(context, invitation));
}

function list(context: WorkOSContext, request: WorkOSRequest): Reply {
  const invitations = context.store.invitations.list({
    email: request.query.get("email"),
    organizationId: request.query.get("organization_id"),
  });
  return json(
    200,
    listPage(invitations, request.query, (invitation) => show(context, invitation)),
  );
}

function revoke(context: WorkOSContext, _request: WorkOSRequest, [id]: string[]): Reply {
  const invitation = invitationById(context, id);
  if (invitation.state !== "pending")
    throw new WorkOSError(400, {
      code: "invite_not_pending",
      message: "Only a pending invitation can be revoked.",
    });
  const revoked = context.store.transaction(() => {
    const changed = context.store.invitations.revoke(invitation);
    context.emit("invitation.revoked", withoutToken(context, changed));
    return changed;
  });
  return json(200, show(context, revoked));
}

/** Accepts an invitation: the user joins its organization. Ignores one that is not for this user. */
export function acceptInvitation(context: WorkOSContext, invitation: Invitation, user: User): void {
  const isTheirs = invitation.email.toLowerCase() === user.email.toLowerCase();
  if (!isTheirs || invitation.state !== "pending" || invitation.expiresAt <= Date.now()) return;
  context.store.transaction(() => {
    const { organizationId, role } = invitation;
    if (organizationId) storeMembership(context, user.id, organizationId, role ?? "member");
    const accepted = context.store.invitations.accept(invitation, user.id);
    context.emit("invitation.accepted", withoutToken(context, accepted));
  });
}

/** Events contain neither the token nor the link. */
function withoutToken(context: WorkOSContext, invitation: Invitation) {
  const { token: _, accept_invitation_url: __, ...rest } = show(context, invitation);
  return rest;
}

const key = route("key");
const INVITATIONS = "/user_management/invitations";

export const invitationRoutes: Route[] = [
  key("POST", INVITATIONS, send),
  key("GET", INVITATIONS, list),
  key("GET", `${INVITATIONS}/:id`, (context, _request, [id]) =>
    json(200, show(context, invitationById(context, id))),
  ),
  key("GET", `${INVITATIONS}/by_token/:token`, (context, _request, [token]) => {
    const invitation = context.store.invitations.byToken(token ?? "");
    if (!invitation) throw entityNotFound("Invitation", token ?? "");
    return json(200, show(context, invitation));
  }),
  key("POST", `${INVITATIONS}/:id/revoke`, revoke),
];
