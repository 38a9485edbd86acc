/** Switches the session to another organization of the user. */
import { listMemberships } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../request/context.ts";
import { ORGANIZATION_ID } from "../request/env.server.ts";
import { WorkOSCallError } from "../request/errors.ts";

export type SwitchOutcome =
  | "switched"
  | "not_a_member"
  /** The organization requires single sign-on or a second factor first. */
  | "sign_in_needed"
  /** The session has expired or was revoked. */
  | "over"
  | "unavailable";

export function isOrganizationId(value: unknown): value is string {
  return typeof value === "string" && ORGANIZATION_ID.test(value);
}

/** Error codes with which WorkOS rejects a refresh until the user has signed in again. */
const WANTS_SIGN_IN: ReadonlySet<string | null> = new Set([
  "sso_required",
  "mfa_enrollment",
  "mfa_challenge",
  "mfa_verification",
  "email_verification_required",
  "organization_selection_required",
  "organization_authentication_methods_required",
]);

const NOT_A_MEMBER: ReadonlySet<string | null> = new Set([
  "organization_not_found",
  "organization_membership_not_found",
  "entity_not_found",
]);

/**
 * Switches the session to an organization. Checks the membership first, so that a rejected refresh token can
 * only mean that the session was revoked.
 *
 * @param organizationId - A well-formed organization id.
 */
export async function switchOrganization(
  context: RequestContext,
  organizationId: string,
): Promise<SwitchOutcome> {
  const session = await context.auth.open();
  if (session === null) return "over";
  const only = context.env.entryRule.organizationId;
  if (only !== null && organizationId !== only) return "not_a_member";
  const member = await isMember(context, session.user.id, organizationId);
  if (member !== true) return member === null ? "unavailable" : "not_a_member";
  const { current, answer } = await context.auth.switchOrganization(organizationId);
  if (current === null) return "over";
  if (answer?.status === "rejected") {
    if (WANTS_SIGN_IN.has(answer.code)) return "sign_in_needed";
    return NOT_A_MEMBER.has(answer.code) ? "not_a_member" : "unavailable";
  }
  return current.session.organizationId === organizationId ? "switched" : "unavailable";
}

/** Returns whether the user is a member; null if WorkOS did not answer. */
async function isMember(
  { env, deadline, log }: RequestContext,
  userId: string,
  organizationId: string,
): Promise<boolean | null> {
  try {
    const memberships = await listMemberships(env, userId, deadline, organizationId);
    return memberships.some((membership) => membership.organizationId === organizationId);
  } catch (error) {
    if (!(error instanceof WorkOSCallError)) throw error;
    if (error.status === 404) return false;
    log.error("organizations.list", { kind: error.kind, status: error.status });
    return null;
  }
}
