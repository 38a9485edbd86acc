/** Verifies access tokens at sign-in and refresh. A token in a sealed session is not verified again. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from "jose";
import type { Env } from "../request/env.server.ts";
import { RejectedIssuerError, WorkOSCallError } from "../request/errors.ts";

/** The access token claims that the app uses. Times are Unix milliseconds. */
export type AccessTokenClaims = {
  userId: string;
  sessionId: string;
  expiresAt: number;
  issuedAt: number | null;
  organizationId: string | null;
  role: string | null;
  /** The impersonator, from the `act` claim. RFC 8693, section 4.1. */
  impersonator: string | null;
};

/** The keys of one JWKS URL. Stored as data, because workerd forbids awaiting another request's promise. */
type CachedKeys = { url: string; keys: JSONWebKeySet; fetchedAt: number };

/** Error code of a `WorkOSCallError` when the signing keys cannot be fetched. */
export const KEYS_UNAVAILABLE = "jwks";

const MAX_AGE_MS = 60 * 60 * 1000;
const CLOCK_TOLERANCE_S = 30;

let cached: CachedKeys | null = null;

async function fetchKeys(url: string, signal: AbortSignal, now: number): Promise<CachedKeys> {
  try {
    const response = await fetch(url, { signal, headers: { Accept: "application/json" } });
    const keys: JSONWebKeySet = response.ok ? await response.json() : { keys: [] };
    if (!Array.isArray(keys?.keys) || keys.keys.length === 0) throw new Error("no keys");
    cached = { url, keys, fetchedAt: now };
    return cached;
  } catch (error) {
    // Distinguishable from a bad signature, so that a caller can continue without the keys.
    throw new WorkOSCallError("unavailable", null, KEYS_UNAVAILABLE, error);
  }
}

async function keysFor(env: Env, token: string, signal: AbortSignal, now: number): Promise<JSONWebKeySet> {
  const url = `${env.workosApiUrl}/sso/jwks/${env.workosClientId}`;
  const known = cached?.url === url && now - cached.fetchedAt < MAX_AGE_MS ? cached : null;
  if (known === null) return (await fetchKeys(url, signal, now)).keys;
  const { kid } = decodeProtectedHeader(token);
  if (known.keys.keys.some((key) => key.kid === kid)) return known.keys;
  // WorkOS rotated its keys. Tokens come only from our own calls to WorkOS, so users cannot trigger this.
  return (await fetchKeys(url, signal, now)).keys;
}

/**
 * Returns the permissions in an access token from a sealed session.
 *
 * @param accessToken - A verified token; the signature is not checked again.
 * @returns The names; empty if the token has no `permissions` claim.
 */
export function permissionsOf(accessToken: string): readonly string[] {
  const { permissions } = decodeJwt(accessToken);
  return Array.isArray(permissions) ? permissions.filter((name) => typeof name === "string") : [];
}

/**
 * Verifies signature, issuer, client and times of an access token.
 *
 * @param signal - Aborts fetching the keys.
 * @param now - Unix milliseconds.
 * @returns The claims.
 * @throws {RejectedIssuerError} when the issuer is not accepted.
 * @throws {WorkOSCallError} `unavailable` when the keys cannot be fetched or the token is invalid.
 */
export async function verifyAccessToken(
  env: Env,
  token: string,
  signal: AbortSignal,
  now: number,
): Promise<AccessTokenClaims> {
  try {
    const keys = createLocalJWKSet(await keysFor(env, token, signal, now));
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ["RS256"],
      issuer: [...env.issuers],
      requiredClaims: ["sub", "sid", "exp"],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now),
    });
    return readClaims(env, payload);
  } catch (error) {
    if (error instanceof WorkOSCallError) throw error;
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "iss") {
      throw new RejectedIssuerError(error.payload.iss);
    }
    throw new WorkOSCallError("unavailable", 200, "unusable_token");
  }
}

/**
 * Returns the claims of a token received directly from WorkOS, without checking its signature. For use when
 * the signing keys are unavailable: the refresh token is already spent, so dropping the response would sign
 * the user out. TLS authenticates the issuer, and Convex still checks the signature.
 *
 * @param now - Unix milliseconds.
 * @returns The claims.
 * @throws {RejectedIssuerError} when the issuer is not accepted.
 * @throws {WorkOSCallError} when the token is not valid for this client.
 * Source: OpenID Connect Core 1.0, section 3.1.3.7, item 6.
 */
export function readDirectToken(env: Env, token: string, now: number): AccessTokenClaims {
  try {
    const payload = decodeJwt(token);
    if (!env.issuers.includes(payload.iss ?? "")) throw new RejectedIssuerError(payload.iss);
    if ((payload.exp ?? 0) * 1000 <= now) throw new Error("The token has expired.");
    return readClaims(env, payload);
  } catch (error) {
    if (error instanceof RejectedIssuerError) throw error;
    throw new WorkOSCallError("unavailable", 200, "unusable_token", error);
  }
}

/**
 * Returns the claims of a decoded token. A token may name no client, because the key set belongs to ours
 * alone; a client or audience that it names must be ours.
 *
 * @throws {Error} when the token belongs to another client or has no user or session id.
 */
function readClaims(env: Env, payload: JWTPayload): AccessTokenClaims {
  const text = (claim: unknown) => (typeof claim === "string" && claim !== "" ? claim : null);
  const { client_id: client = env.workosClientId, aud = env.workosClientId } = payload;
  const isOurs = client === env.workosClientId && [aud].flat().includes(env.workosClientId);
  const userId = text(payload.sub);
  const sessionId = text(payload.sid);
  if (userId === null || sessionId === null || !isOurs) {
    throw new Error("The token belongs to another client, or names no user or session.");
  }
  return {
    userId,
    sessionId,
    expiresAt: (payload.exp ?? 0) * 1000,
    issuedAt: payload.iat === undefined ? null : payload.iat * 1000,
    organizationId: text(payload.org_id),
    role: text(payload.role),
    impersonator: text((payload.act as { sub?: unknown } | undefined)?.sub),
  };
}
