/**
 * `grant_type=refresh_token`: a new pair for the same session. The old token is good once, with no grace:
 * WorkOS may forgive a second use within seconds, and an app that relies on it signs people out on a slow day.
 */
import * as v from "valibot";
import type { WorkosContext } from "../context.ts";
import { oauthError } from "../errors.ts";
import type { WorkosRequest } from "../request.ts";
import { unmetRequirement } from "../sign-in-outcomes.ts";
import type { RefreshRefusal, Session } from "../store/session-store.ts";
import type { User } from "../store/user-store.ts";
import { authenticated } from "../tokens-for-session.ts";
import { parseGrant } from "./parse-grant.ts";

const Fields = v.object({
  refresh_token: v.pipe(v.string(), v.nonEmpty()),
  organization_id: v.optional(v.string()),
});

const REFUSALS: Record<RefreshRefusal, string> = {
  unknown: "Invalid refresh token.",
  already_exchanged: "Refresh token already exchanged.",
  session_ended: "Session has already ended.",
};

export function exchangeRefreshToken(
  context: WorkosContext,
  request: WorkosRequest,
  fields: Record<string, unknown>,
): unknown {
  const { refresh_token, organization_id } = parseGrant(Fields, fields);
  const { store } = context;
  return store.transaction(() => {
    const session = store.sessions.ofRefreshToken(refresh_token);
    if (typeof session === "string") throw oauthError("invalid_grant", REFUSALS[session]);
    const user = store.users.byId(session.userId);
    if (!user) throw oauthError("invalid_grant", REFUSALS.unknown);
    // Refused before the token is spent: the session goes on as it was.
    const organizationId = organization_id
      ? permittedOrganization(context, session, user, organization_id)
      : stillMemberOf(context, session);
    store.sessions.spendRefreshToken(refresh_token);
    return authenticated(context, request, user, store.sessions.refreshed(session, organizationId));
  });
}

/** The organization asked for, if this person may have a token for it in this session. */
function permittedOrganization(
  context: WorkosContext,
  session: Session,
  user: User,
  organizationId: string,
): string {
  const organization = context.store.organizations.byId(organizationId);
  if (!organization) throw oauthError("organization_not_found", "The organization was not found.");
  if (!context.store.organizations.activeMembership(user.id, organizationId))
    throw oauthError("organization_membership_not_found", "The user is not a member of the organization.");
  const unmet = unmetRequirement(context, organization, user, session);
  if (unmet) throw unmet;
  return organizationId;
}

/** The session's own organization, as long as the person belongs to it. */
function stillMemberOf(context: WorkosContext, session: Session): string | null {
  if (session.organizationId === null) return null;
  const membership = context.store.organizations.activeMembership(session.userId, session.organizationId);
  return membership && session.organizationId;
}
