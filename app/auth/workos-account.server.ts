/** A user's sessions, organizations and account at WorkOS. */
import type { Env } from "../request/env.server.ts";
import { callWorkOS } from "./workos.server.ts";

/** A session in WorkOS's list. Times are Unix milliseconds. */
export type WorkOSSession = {
  sessionId: string;
  startedAt: number;
  ipAddress: string | null;
  userAgent: string | null;
};

/** Maximum page size at WorkOS. One page is enough for sessions that last a week. */
const PAGE_SIZE = 100;

/**
 * Returns the user's active sessions, newest first.
 *
 * @throws {WorkOSCallError} when WorkOS rejects the call or does not respond.
 */
export async function listSessions(env: Env, userId: string, signal: AbortSignal): Promise<WorkOSSession[]> {
  const { data } = await callWorkOS(env, signal, (sdk) =>
    sdk.userManagement.listSessions(userId, { limit: PAGE_SIZE }),
  );
  return data
    .filter(({ status }) => status === "active")
    .map(({ id, createdAt, ipAddress, userAgent }) => ({
      sessionId: id,
      startedAt: Date.parse(createdAt),
      ipAddress,
      userAgent,
    }));
}

/**
 * Revokes a session at WorkOS.
 *
 * @throws {WorkOSCallError} when WorkOS rejects the call or does not respond.
 */
export async function revokeAtWorkOS(env: Env, sessionId: string, signal: AbortSignal): Promise<void> {
  await callWorkOS(env, signal, (sdk) => sdk.userManagement.revokeSession({ sessionId }));
}

/**
 * Deletes a user at WorkOS.
 *
 * @throws {WorkOSCallError} when WorkOS rejects the call or does not respond.
 */
export async function deleteAtWorkOS(env: Env, userId: string, signal: AbortSignal): Promise<void> {
  await callWorkOS(env, signal, (sdk) => sdk.userManagement.deleteUser(userId));
}

/** `name` is the id if WorkOS gives no name. */
export type Membership = { organizationId: string; name: string };

/**
 * Returns the organizations the user is an active member of, sorted by name; at most {@link PAGE_SIZE}.
 *
 * @param organizationId - The only organization to return; null for all.
 * @throws {WorkOSCallError} when WorkOS rejects the call or does not respond.
 */
export async function listMemberships(
  env: Env,
  userId: string,
  signal: AbortSignal,
  organizationId: string | null = null,
): Promise<Membership[]> {
  const { data } = await callWorkOS(env, signal, (sdk) =>
    sdk.userManagement.listOrganizationMemberships({
      ...{ userId, statuses: ["active"], limit: PAGE_SIZE },
      ...(organizationId !== null && { organizationId }),
    }),
  );
  return data
    .map(({ organizationId, organizationName }) => ({
      organizationId,
      // The SDK's type promises a name, but WorkOS may send none.
      name: organizationName || organizationId,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
