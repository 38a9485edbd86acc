/** JSON representations, with the fields of WorkOS's OpenAPI description. */
import type { Invitation } from "./store/invitation-store.ts";
import type { Membership, Organization } from "./store/organization-store.ts";
import type { Session, SignInMethod } from "./store/session-store.ts";
import type { User } from "./store/user-store.ts";

const iso = (time: number): string => new Date(time).toISOString();
const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time));

/** Returns a user. */
export function formatUser(user: User) {
  return {
    object: "user",
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    first_name: user.firstName,
    last_name: user.lastName,
    name: [user.firstName, user.lastName].filter(Boolean).join(" ") || null,
    profile_picture_url: user.profilePictureUrl,
    last_sign_in_at: isoOrNull(user.lastSignInAt),
    locale: user.locale,
    external_id: user.externalId,
    metadata: user.metadata,
    created_at: iso(user.createdAt),
    updated_at: iso(user.updatedAt),
  };
}

const SESSION_METHODS: Record<SignInMethod, string> = {
  magic_auth: "magic_code",
  sso: "sso",
  impersonation: "impersonation",
};

const RESPONSE_METHODS: Record<SignInMethod, string> = {
  magic_auth: "MagicAuth",
  sso: "SSO",
  impersonation: "Impersonation",
};

/** Returns a session. */
export function formatSession(session: Session) {
  return {
    object: "session",
    id: session.id,
    user_id: session.userId,
    ip_address: session.ipAddress,
    user_agent: session.userAgent,
    ...(session.organizationId && { organization_id: session.organizationId }),
    ...(session.impersonator && { impersonator: session.impersonator }),
    auth_method: SESSION_METHODS[session.method],
    status: session.endedAt !== null ? "revoked" : session.expiresAt <= Date.now() ? "expired" : "active",
    expires_at: iso(session.expiresAt),
    ended_at: isoOrNull(session.endedAt),
    created_at: iso(session.createdAt),
    updated_at: iso(session.updatedAt),
  };
}

/** Returns the response of a successful authentication. */
export function formatAuthentication(
  user: User,
  session: Session,
  tokens: { accessToken: string; refreshToken: string },
) {
  return {
    user: formatUser(user),
    ...(session.organizationId && { organization_id: session.organizationId }),
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    authentication_method: RESPONSE_METHODS[session.method],
    ...(session.impersonator && { impersonator: session.impersonator }),
  };
}

/** Returns an organization. */
export function formatOrganization(organization: Organization) {
  return {
    object: "organization",
    id: organization.id,
    name: organization.name,
    domains: [],
    metadata: {},
    external_id: null,
    allow_profiles_outside_organization: false,
    created_at: iso(organization.createdAt),
    updated_at: iso(organization.updatedAt),
  };
}

/** Returns an organization membership. */
export function formatMembership(membership: Membership, user: User) {
  return {
    object: "organization_membership",
    id: membership.id,
    user_id: membership.userId,
    organization_id: membership.organizationId,
    organization_name: membership.organizationName,
    status: membership.status,
    directory_managed: false,
    custom_attributes: {},
    role: { slug: membership.role },
    roles: [{ slug: membership.role }],
    user: formatUser(user),
    created_at: iso(membership.createdAt),
    updated_at: iso(membership.updatedAt),
  };
}

export type PasswordReset = {
  id: string;
  userId: string;
  email: string;
  /** Unix ms. */
  expiresAt: number;
  createdAt: number;
};

/** Returns a password reset without its token, as in events. */
export function formatPasswordReset(reset: PasswordReset) {
  return {
    object: "password_reset",
    id: reset.id,
    user_id: reset.userId,
    email: reset.email,
    expires_at: iso(reset.expiresAt),
    created_at: iso(reset.createdAt),
  };
}

/**
 * Returns an invitation.
 *
 * @param acceptUrl - The link in its email.
 */
export function formatInvitation(invitation: Invitation, acceptUrl: string) {
  const isExpired = invitation.state === "pending" && invitation.expiresAt <= Date.now();
  return {
    object: "invitation",
    id: invitation.id,
    email: invitation.email,
    state: isExpired ? "expired" : invitation.state,
    accepted_at: isoOrNull(invitation.acceptedAt),
    revoked_at: isoOrNull(invitation.revokedAt),
    expires_at: iso(invitation.expiresAt),
    token: invitation.token,
    accept_invitation_url: acceptUrl,
    organization_id: invitation.organizationId,
    inviter_user_id: invitation.inviterUserId,
    accepted_user_id: invitation.acceptedUserId,
    role_slug: invitation.role,
    created_at: iso(invitation.createdAt),
    updated_at: iso(invitation.updatedAt),
  };
}
