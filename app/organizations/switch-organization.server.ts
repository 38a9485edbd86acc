/** Going on in another organization of one's own, in the same session. */
import { listMemberships } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../context.ts";
import { WorkOSFailure } from "../errors.ts";

export type SwitchOutcome =
  | "switched"
  | "not_a_member"
  /** The organization wants its own single sign-on or a second factor first. */
  | "sign_in_needed"
  /** Nobody is signed in any more. */
  | "over"
  | "unavailable";

/** WorkOS's ids: https://workos.com/docs/reference/organization */
const ORGANIZATION_ID = /^org_[\w-]{1,100}$/;

export function isOrganizationId(value: unknown): value is string {
  return typeof value === "string" && ORGANIZATION_ID.test(value);
}

/** What WorkOS answers to a refresh token where a person must show more of themselves first. */
const WANTS_SIGN_IN: ReadonlySet<string | null> = new Set([
  "sso_required",
  "mfa_enrollment",
  "mfa_challenge",
  "mfa_verification",
  "email_verification_required",
  "organization_selection_required",
  "organization_authentication_methods_required",
]);

const NOT_THEIRS: ReadonlySet<string | null> = new Set([
  "organization_not_found",
  "organization_membership_not_found",
]);

/**
 * Asks who belongs where before any token is asked for: after that a refusal of the refresh token says that the session
 * is over.
 *
 * @param organizationId One that looks like one.
 */
export async function switchOrganization(
  context: RequestContext,
  organizationId: string,
): Promise<SwitchOutcome> {
  const session = await context.auth.open();
  if (session === null) return "over";
  const member = await isMember(context, session.user.id, organizationId);
  if (member !== true) return member === null ? "unavailable" : "not_a_member";
  const { current, answer } = await context.auth.switchOrganization(organizationId);
  if (current === null) return "over";
  if (answer?.status === "refused") {
    if (WANTS_SIGN_IN.has(answer.code)) return "sign_in_needed";
    return NOT_THEIRS.has(answer.code) ? "not_a_member" : "unavailable";
  }
  return current.session.organizationId === organizationId ? "switched" : "unavailable";
}

/** @returns Null where WorkOS does not say. */
async function isMember(
  { env, deadline, log }: RequestContext,
  userId: string,
  organizationId: string,
): Promise<boolean | null> {
  try {
    const memberships = await listMemberships(env, userId, deadline);
    return memberships.some((membership) => membership.organizationId === organizationId);
  } catch (error) {
    if (!(error instanceof WorkOSFailure)) throw error;
    if (error.status === 404) return false;
    log.error("organizations.list", { kind: error.kind, status: error.status });
    return null;
  }
}
