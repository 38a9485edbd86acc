/** Invitations to an organization at WorkOS: https://workos.com/docs/reference/authkit/invitation */
import type { Env } from "../request/env.server.ts";
import { WorkOSCallError } from "../request/errors.ts";
import { callWorkOS } from "./workos.server.ts";

type Invitee = { email: string; organizationId: string };

/** WorkOS rejects a second invitation while one is pending, and one of a member. */
const PENDING = "email_already_invited_to_organization";
const IS_MEMBER = "user_already_organization_member";

/**
 * Sends WorkOS's invitation to an organization. One that is pending already counts as sent.
 *
 * @param inviterUserId - The WorkOS id of the user who invites.
 * @param signal - Aborts waiting for the response.
 * @returns `member` if the user is a member of the organization already, so that none was sent.
 * @throws {WorkOSCallError} when WorkOS rejects the call or does not respond.
 */
export async function sendInvitation(
  env: Env,
  invitee: Invitee,
  inviterUserId: string,
  signal: AbortSignal,
): Promise<"sent" | "member"> {
  try {
    await callWorkOS(env, signal, (sdk) => sdk.userManagement.sendInvitation({ ...invitee, inviterUserId }));
    return "sent";
  } catch (error) {
    if (!(error instanceof WorkOSCallError)) throw error;
    if (error.code === PENDING) return "sent";
    if (error.code === IS_MEMBER) return "member";
    throw error;
  }
}

/**
 * Revokes the pending invitations of an email to an organization.
 *
 * @param signal - Aborts waiting for the responses.
 * @throws {WorkOSCallError} when WorkOS rejects a call or does not respond.
 */
export async function revokeInvitations(env: Env, invitee: Invitee, signal: AbortSignal): Promise<void> {
  const { data } = await callWorkOS(env, signal, (sdk) => sdk.userManagement.listInvitations(invitee));
  const pending = data.filter(({ state }) => state === "pending");
  await Promise.all(
    pending.map(({ id }) => callWorkOS(env, signal, (sdk) => sdk.userManagement.revokeInvitation(id))),
  );
}
