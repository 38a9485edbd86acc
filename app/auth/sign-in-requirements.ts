/** What WorkOS requires before it signs a user in, how `/login` says so, and the link that satisfies it. */
import { GrantError, type WorkOSCallError } from "../request/errors.ts";
import { signInPath } from "./return-to.ts";

/** A requirement, as parameters of `/login?error=sign_in_failed`. */
export type Requirement = { reason: string; connectionId?: string; organizationId?: string[] };

/** A link of the message. It starts a sign-in. */
export type SignInLink = { label: string; to: string };

/** What to do, by WorkOS's error code. Source: https://workos.com/docs/reference/authkit/authentication-errors */
const ADVICE: Readonly<Record<string, { text: string; label: string }>> = {
  sso_required: {
    text: "Your organization requires single sign-on. Sign in with your organization’s identity provider.",
    label: "Sign in with single sign-on",
  },
  mfa_enrollment: {
    text: "A second factor is required. Sign in again, and set one up when WorkOS asks for it.",
    label: "Sign in and set up a second factor",
  },
  mfa_challenge: {
    text: "A second factor is required. Sign in again, and enter its code when WorkOS asks for it.",
    label: "Sign in with a second factor",
  },
  email_verification_required: {
    text: "Your e-mail address is not verified yet. Open the message from WorkOS in your inbox and follow it, then sign in again.",
    label: "Sign in again",
  },
  organization_selection_required: {
    text: "You belong to more than one organization. Choose the one to sign in to.",
    label: "Sign in",
  },
  organization_authentication_methods_required: {
    text: "Your organization does not allow the way in which you signed in. Sign in again with a method that it allows.",
    label: "Sign in another way",
  },
};

/** Formats of the ids that WorkOS puts into errors and redirects: https://workos.com/docs/sso/login-flows */
export const CONNECTION_ID = /^conn_[A-Za-z0-9]{1,59}$/;
export const ORGANIZATION_ID = /^org_[A-Za-z0-9]{1,60}$/;

/** Maximum number of organizations to choose from. */
const MAX_CHOICES = 10;

/** Returns what WorkOS requires, or null if the rejection has another reason. */
export function requirementIn(error: WorkOSCallError): Requirement | null {
  const { code } = error;
  if (code === null || !Object.hasOwn(ADVICE, code)) return null;
  const { connectionIds, organizationIds } =
    error instanceof GrantError ? error.details : { connectionIds: [], organizationIds: [] };
  const connectionId = connectionIds.find((id) => CONNECTION_ID.test(id));
  const organizations = organizationIds.filter((id) => ORGANIZATION_ID.test(id)).slice(0, MAX_CHOICES);
  return {
    reason: code,
    ...(connectionId !== undefined && { connectionId }),
    ...(organizations.length > 0 && { organizationId: organizations }),
  };
}

/**
 * Returns the message and links for the query of `/login`.
 *
 * @param params - Untrusted.
 * @param returnTo - A safe path, or null.
 * @returns Null if the query names no known requirement.
 */
export function adviceIn(
  params: URLSearchParams,
  returnTo: string | null,
): { text: string; links: SignInLink[] } | null {
  const reason = params.get("reason") ?? "";
  const advice = Object.hasOwn(ADVICE, reason) ? ADVICE[reason] : undefined;
  if (advice === undefined) return null;
  const link = (label: string, more: Record<string, string>): SignInLink => ({
    label,
    to: signInPath(returnTo, more),
  });
  const ids = params
    .getAll("organizationId")
    .filter((id) => ORGANIZATION_ID.test(id))
    .slice(0, MAX_CHOICES);
  if (ids.length > 0) {
    // By id: a name in an address could be anyone's text.
    return {
      text: advice.text,
      links: ids.map((id) => link(`${advice.label} to ${id}`, { organizationId: id })),
    };
  }
  const connectionId = params.get("connectionId") ?? "";
  const connection: Record<string, string> = CONNECTION_ID.test(connectionId) ? { connectionId } : {};
  return { text: advice.text, links: [link(advice.label, connection)] };
}
