/** Verifying an access token once, at sign-in and refresh. From then on the seal vouches for it. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from "jose";
import type { Env } from "../env.server.ts";
import { WorkOSFailure } from "../errors.ts";

/** What the app needs of a token's claims. Times are Unix milliseconds. */
export type AccessTokenClaims = {
  userId: string;
  sessionId: string;
  expiresAt: number;
  organizationId: string | null;
  role: string | null;
  /** Who acts as the user: RFC 8693, section 4.1, as WorkOS fills it in. */
  impersonator: string | null;
};

/** Keys of one address. Kept as data and never as a promise: a promise of another request may not be awaited. */
type CachedKeys = { url: string; keys: JSONWebKeySet; fetchedAt: number };

/** The code of the failure to have WorkOS's keys. */
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
  } catch {
    // Not being able to look is not the same as a bad signature.
    throw new WorkOSFailure("unavailable", null, KEYS_UNAVAILABLE);
  }
}

async function keysFor(env: Env, token: string, signal: AbortSignal, now: number): Promise<JSONWebKeySet> {
  const url = `${env.workosApiUrl}/sso/jwks/${env.workosClientId}`;
  const known = cached?.url === url && now - cached.fetchedAt < MAX_AGE_MS ? cached : null;
  if (known === null) return (await fetchKeys(url, signal, now)).keys;
  const { kid } = decodeProtectedHeader(token);
  if (known.keys.keys.some((key) => key.kid === kid)) return known.keys;
  // WorkOS has a new key. Only it gives us tokens, over a call that we made, so nobody else can make us ask.
  return (await fetchKeys(url, signal, now)).keys;
}

/** WorkOS names itself in more than one way; the token's issuer must be one of these exactly. */
function issuers(env: Env): string[] {
  const base = env.workosApiUrl;
  return [base, `${base}/`, `${base}/user_management/${env.workosClientId}`];
}

/**
 * The permissions that WorkOS put into a token which the seal vouches for.
 *
 * @returns None where the token names none.
 */
export function permissionsOf(accessToken: string): readonly string[] {
  const { permissions } = decodeJwt(accessToken);
  return Array.isArray(permissions) ? permissions.filter((name) => typeof name === "string") : [];
}

/**
 * Verifies signature, issuer, client and times of an access token.
 *
 * @throws {WorkOSFailure} `unavailable` where the keys cannot be had or the token is not a usable one of this client.
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
      issuer: issuers(env),
      requiredClaims: ["sub", "sid", "exp"],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now),
    });
    return readClaims(env, payload);
  } catch (error) {
    if (error instanceof WorkOSFailure) throw error;
    throw new WorkOSFailure("unavailable", 200, "unusable_token");
  }
}

/**
 * The claims of a token that WorkOS has just answered our own call with, for when its keys cannot be had: the token that
 * was given for it is spent, and throwing away the answer would sign the person out. The call itself, over TLS and with
 * our API key, says whose token it is (OpenID Connect Core 1.0, section 3.1.3.7, item 6); Convex checks the signature
 * all the same.
 *
 * @throws {WorkOSFailure} where it is not a usable token of this client.
 */
export function readDirectToken(env: Env, token: string, now: number): AccessTokenClaims {
  try {
    const payload = decodeJwt(token);
    const issued = issuers(env).includes(payload.iss ?? "") && (payload.exp ?? 0) * 1000 > now;
    if (!issued) throw new Error("a token of somebody else, or an old one");
    return readClaims(env, payload);
  } catch {
    throw new WorkOSFailure("unavailable", 200, "unusable_token");
  }
}

/** @throws where the token is of another client, or names no session. */
function readClaims(env: Env, payload: JWTPayload): AccessTokenClaims {
  const text = (claim: unknown) => (typeof claim === "string" && claim !== "" ? claim : null);
  const clients = [payload.client_id, payload.aud].flat().filter((name) => name !== undefined);
  const userId = text(payload.sub);
  const sessionId = text(payload.sid);
  if (userId === null || sessionId === null || !clients.includes(env.workosClientId)) {
    throw new Error("a token of another client");
  }
  return {
    userId,
    sessionId,
    expiresAt: (payload.exp ?? 0) * 1000,
    organizationId: text(payload.org_id),
    role: text(payload.role),
    impersonator: text((payload.act as { sub?: unknown } | undefined)?.sub),
  };
}
