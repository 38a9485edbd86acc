/** Outcomes of a code exchange without tokens, in their documented form (https://workos.com/docs/reference/authkit/authentication-errors). */
import type { WorkOSContext } from "./context.ts";
import { oauthError, WorkOSError } from "./errors.ts";
import { formatUser } from "./formats.ts";
import { newId } from "./ids.ts";
import type { Organization } from "./store/organization-store.ts";
import type { User } from "./store/user-store.ts";

export const OUTCOMES = [
  "signed_in",
  "down",
  "mfa_enrollment",
  "mfa_challenge",
  "organization_selection_required",
  "sso_required",
] as const;

export type Outcome = (typeof OUTCOMES)[number];

const TEN_MINUTES = 10 * 60_000;

/** Returns a token that would complete the sign-in, as secret as a code. */
function pendingToken(context: WorkOSContext, user: User): string {
  return context.store.oneTimeTokens.issue("pending_authentication", { userId: user.id }, TEN_MINUTES);
}

/** @throws {WorkOSError} for every outcome except `signed_in`. */
export function throwOutcome(context: WorkOSContext, outcome: Outcome, user: User): void {
  switch (outcome) {
    case "signed_in":
      return;
    case "down":
      throw new WorkOSError(503, { message: "Service Unavailable" });
    case "mfa_enrollment":
      throw new WorkOSError(403, {
        code: "mfa_enrollment",
        message: "The user must enroll in MFA to finish authenticating.",
        pending_authentication_token: pendingToken(context, user),
        user: formatUser(user),
      });
    case "mfa_challenge":
      throw new WorkOSError(403, {
        code: "mfa_challenge",
        message: "The user must complete an MFA challenge to finish authenticating.",
        pending_authentication_token: pendingToken(context, user),
        authentication_factors: [{ id: newId("auth_factor"), type: "totp" }],
        user: formatUser(user),
      });
    case "organization_selection_required":
      throw new WorkOSError(403, {
        code: "organization_selection_required",
        message: "The user must choose an organization to finish their authentication.",
        pending_authentication_token: pendingToken(context, user),
        organizations: context.store.organizations
          .memberships({ userId: user.id, organizationId: null })
          .map((membership) => ({ id: membership.organizationId, name: membership.organizationName })),
        user: formatUser(user),
      });
    case "sso_required":
      throw ssoRequired(context, user, newId("conn"));
  }
}

/** Returns the error for a user who must sign in through an SSO connection. */
function ssoRequired(context: WorkOSContext, user: User, connectionId: string): WorkOSError {
  return oauthError("sso_required", "User must authenticate using one of the matching connections.", {
    connection_ids: [connectionId],
    email: user.email,
    pending_authentication_token: pendingToken(context, user),
  });
}

/**
 * Returns the requirement of an organization that a session does not meet, or null.
 *
 * @param context - The context.
 * @param organization - The organization.
 * @param user - The user.
 * @param session - How the user signed in.
 */
export function unmetRequirement(
  context: WorkOSContext,
  organization: Organization,
  user: User,
  session: { secondFactor: boolean; ssoOrganizationId: string | null },
): WorkOSError | null {
  if (organization.requires === "sso" && session.ssoOrganizationId !== organization.id)
    return ssoRequired(context, user, organization.connectionId ?? newId("conn"));
  if (organization.requires === "second_factor" && !session.secondFactor)
    return oauthError("mfa_enrollment", "The organization requires a second factor.", {
      pending_authentication_token: pendingToken(context, user),
    });
  return null;
}
