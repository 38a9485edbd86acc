/** Refreshes a session at WorkOS. Only the session's Durable Object may call this. */
import type { Env } from "../request/env.server.ts";
import { WorkOSCallError } from "../request/errors.ts";
import {
  type AccessTokenClaims,
  KEYS_UNAVAILABLE,
  readDirectToken,
  verifyAccessToken,
} from "./access-token.server.ts";
import { exchangeRefreshToken } from "./grants.server.ts";
import type { Session } from "./session.ts";

/** Timeout of a WorkOS call. Waiting requests have shorter deadlines. */
const WORKOS_TIMEOUT_MS = 5_000;
/** Timeout for fetching the signing keys; the refresh then continues without them. */
const KEYS_TIMEOUT_MS = 1_000;

/**
 * Exchanges a session's refresh token. A user who left the session's organization stays signed in without one,
 * unless the configuration requires an organization.
 *
 * @param wanted - The organization to switch to; undefined to stay in the session's.
 * @returns The refreshed session.
 * @throws {WorkOSCallError} when WorkOS rejects the refresh or returns no usable response.
 */
export async function refreshSession(
  env: Env,
  session: Readonly<Session>,
  wanted: string | undefined,
): Promise<Session> {
  const signal = AbortSignal.timeout(WORKOS_TIMEOUT_MS);
  const exchange = (organizationId: string | null) =>
    exchangeRefreshToken(env, session.refreshToken, organizationId, signal);
  const grant = await exchange(wanted ?? session.organizationId).catch((error: unknown) => {
    const mayLeave =
      wanted === undefined && session.organizationId !== null && env.entryRule.organizationId === null;
    if (mayLeave && isAboutOrganization(error)) return exchange(null);
    throw error;
  });
  const claims = await claimsOf(env, grant.accessToken, signal);
  if (claims.sessionId !== session.sessionId || claims.userId !== session.user.id) {
    throw new WorkOSCallError("unavailable", 200, "another_session");
  }
  return {
    ...session,
    user: grant.user,
    accessToken: grant.accessToken,
    accessTokenExpiresAt: claims.expiresAt,
    refreshToken: grant.refreshToken,
    organizationId: claims.organizationId,
    role: claims.role,
    impersonator: claims.impersonator,
    userUpdatedAt: grant.userUpdatedAt,
    // Keeps two refreshes within one millisecond distinguishable.
    refreshedAt: Math.max(Date.now(), session.refreshedAt + 1),
  };
}

/** Returns whether WorkOS rejected the organization, and not the session. */
function isAboutOrganization(error: unknown): boolean {
  if (!(error instanceof WorkOSCallError) || error.kind !== "rejected") return false;
  return error.code === "entity_not_found" || error.code?.startsWith("organization_") === true;
}

/** Falls back to unverified claims if the keys are unavailable: the refresh token is already spent. */
async function claimsOf(env: Env, accessToken: string, signal: AbortSignal): Promise<AccessTokenClaims> {
  const keysSignal = AbortSignal.any([signal, AbortSignal.timeout(KEYS_TIMEOUT_MS)]);
  try {
    return await verifyAccessToken(env, accessToken, keysSignal, Date.now());
  } catch (error) {
    if (!(error instanceof WorkOSCallError) || error.code !== KEYS_UNAVAILABLE) throw error;
    return readDirectToken(env, accessToken, Date.now());
  }
}

/** Returns whether WorkOS may have exchanged the refresh token although no usable response arrived. */
export function mayBeSpent(error: unknown): boolean {
  return error instanceof WorkOSCallError && error.kind === "unavailable" && error.status !== 429;
}
