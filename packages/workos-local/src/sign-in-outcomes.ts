/** What can come of exchanging a code other than tokens, each in its documented form (https://workos.com/docs/reference/authkit/authentication-errors). */
import type { WorkosContext } from "./context.ts";
import { oauthError, WorkosError } from "./errors.ts";
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

/** A token with which the sign-in could be finished elsewhere: as secret as a code. */
function pendingToken(context: WorkosContext, user: User): string {
  return context.store.oneTimeTokens.issue("pending_authentication", { userId: user.id }, TEN_MINUTES);
}

/** @throws WorkosError for every outcome but `signed_in` */
export function refuseOutcome(context: WorkosContext, outcome: Outcome, user: User): void {
  switch (outcome) {
    case "signed_in":
      return;
    case "down":
      throw new WorkosError(503, { message: "Service Unavailable" });
    case "mfa_enrollment":
      throw new WorkosError(403, {
        code: "mfa_enrollment",
        message: "The user must enroll in MFA to finish authenticating.",
        pending_authentication_token: pendingToken(context, user),
        user: formatUser(user),
      });
    case "mfa_challenge":
      throw new WorkosError(403, {
        code: "mfa_challenge",
        message: "The user must complete an MFA challenge to finish authenticating.",
        pending_authentication_token: pendingToken(context, user),
        authentication_factors: [{ id: newId("auth_factor"), type: "totp" }],
        user: formatUser(user),
      });
    case "organization_selection_required":
      throw new WorkosError(403, {
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

export function ssoRequired(context: WorkosContext, user: User, connectionId: string): WorkosError {
  return oauthError("sso_required", "User must authenticate using one of the matching connections.", {
    connection_ids: [connectionId],
    email: user.email,
    pending_authentication_token: pendingToken(context, user),
  });
}

/**
 * What an organization still asks of this session before it gives it a token, or null.
 * @param session how the person signed in
 */
export function unmetRequirement(
  context: WorkosContext,
  organization: Organization,
  user: User,
  session: { secondFactor: boolean; ssoOrganizationId: string | null },
): WorkosError | null {
  if (organization.requires === "sso" && session.ssoOrganizationId !== organization.id)
    return ssoRequired(context, user, organization.connectionId ?? newId("conn"));
  if (organization.requires === "second_factor" && !session.secondFactor)
    return oauthError("mfa_enrollment", "The organization requires a second factor.", {
      pending_authentication_token: pendingToken(context, user),
    });
  return null;
}
