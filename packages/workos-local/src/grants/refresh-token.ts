/**
 * `grant_type=refresh_token`: issues new tokens for the same session. A used refresh token gets the same response
 * for 30 s from its first exchange, as in WorkOS.
 */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { oauthError } from "../errors.ts";
import { parseGrant, type WorkOSRequest } from "../request.ts";
import { unmetRequirement } from "../sign-in-outcomes.ts";
import type { RefreshRejection, Session } from "../store/session-store.ts";
import type { User } from "../store/user-store.ts";
import { authenticated } from "../tokens-for-session.ts";

const Fields = v.object({
  refresh_token: v.pipe(v.string(), v.nonEmpty()),
  organization_id: v.optional(v.string()),
});

const REJECTIONS: Record<RefreshRejection, string> = {
  unknown: "Invalid refresh token.",
  already_exchanged: "Refresh token already exchanged.",
  session_ended: "Session has already ended.",
};

/** Exchanges a refresh token for new tokens. */
export function exchangeRefreshToken(
  context: WorkOSContext,
  request: WorkOSRequest,
  fields: Record<string, unknown>,
): unknown {
  const { refresh_token, organization_id } = parseGrant(Fields, fields);
  const { store } = context;
  return store.transaction(() => {
    const replaySeconds = store.settings.get().refreshReplaySeconds ?? context.refreshReplaySeconds;
    const earlier = store.sessions.responseOf(refresh_token, replaySeconds);
    if (earlier !== null) return earlier;
    const session = store.sessions.ofRefreshToken(refresh_token);
    if (typeof session === "string") throw oauthError("invalid_grant", REJECTIONS[session]);
    const user = store.users.byId(session.userId);
    if (!user) throw oauthError("invalid_grant", REJECTIONS.unknown);
    // Checked before the token is spent, so that a rejection does not change the session.
    const organizationId = organization_id
      ? permittedOrganization(context, session, user, organization_id)
      : stillMemberOf(context, session);
    store.sessions.spendRefreshToken(refresh_token);
    const response = authenticated(context, request, user, store.sessions.refreshed(session, organizationId));
    store.sessions.keepResponse(refresh_token, response);
    return response;
  });
}

/** Returns the requested organization, if the session can have a token for it. */
function permittedOrganization(
  context: WorkOSContext,
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

/** Returns the organization of the session, if the user is still a member. */
function stillMemberOf(context: WorkOSContext, session: Session): string | null {
  if (session.organizationId === null) return null;
  const membership = context.store.organizations.activeMembership(session.userId, session.organizationId);
  return membership && session.organizationId;
}
