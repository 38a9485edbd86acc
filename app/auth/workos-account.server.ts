/** What WorkOS knows of a person beside the sign-in: their sessions, their organizations, and the end of all of it. */
import type { Env } from "../env.server.ts";
import { callWorkOS } from "./workos.server.ts";

/** A session as WorkOS lists it. Times are Unix milliseconds. */
export type WorkOSSession = {
  sessionId: string;
  startedAt: number;
  ipAddress: string | null;
  userAgent: string | null;
};

/** WorkOS gives at most this many of a list at once; nobody has more sessions that last a week. */
const MOST = 100;

/**
 * @returns The person's active sessions, newest first.
 * @throws {WorkOSFailure}
 */
export async function listSessions(env: Env, userId: string, signal: AbortSignal): Promise<WorkOSSession[]> {
  const { data } = await callWorkOS(env, signal, (sdk) =>
    sdk.userManagement.listSessions(userId, { limit: MOST }),
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

/** @throws {WorkOSFailure} */
export async function revokeAtWorkOS(env: Env, sessionId: string, signal: AbortSignal): Promise<void> {
  await callWorkOS(env, signal, (sdk) => sdk.userManagement.revokeSession({ sessionId }));
}

/** @throws {WorkOSFailure} */
export async function deleteAtWorkOS(env: Env, userId: string, signal: AbortSignal): Promise<void> {
  await callWorkOS(env, signal, (sdk) => sdk.userManagement.deleteUser(userId));
}

export type Membership = { organizationId: string; name: string };

/**
 * @returns The organizations that the person is an active member of, by name.
 * @throws {WorkOSFailure}
 */
export async function listMemberships(env: Env, userId: string, signal: AbortSignal): Promise<Membership[]> {
  const { data } = await callWorkOS(env, signal, (sdk) =>
    sdk.userManagement.listOrganizationMemberships({ userId, statuses: ["active"], limit: MOST }),
  );
  return data
    .map(({ organizationId, organizationName }) => ({ organizationId, name: organizationName }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
