/** Verifies the signature and the claims of a token, with Convex's reasons for a rejected one. */
import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from "jose";
import type { AuthProvider } from "../backend.ts";
import { parseJson } from "../values/json.ts";
import { AuthError, ProviderUnavailableError } from "./caller.ts";
import type { Claims } from "./identity.ts";
import type { KeySets } from "./key-sets.ts";

const OIDC_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

/** Tolerated difference of the clocks in seconds, only for custom tokens. */
const LEEWAY_SECONDS = 5;

export type VerifiedClaims = Claims & { iss: string; sub: string; exp: number };

/**
 * Reads the claims that select the provider of a token.
 *
 * @throws {AuthError} when the token is not a JWT, or has no issuer.
 */
export function unverifiedClaims(token: string): JWTPayload & { iss: string } {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(token);
  } catch {
    throw rejected(
      "Could not parse JWT payload. Check that the token is a valid JWT format with three base64-encoded parts separated by dots.",
    );
  }
  const { iss } = claims;
  if (typeof iss !== "string") {
    throw rejected(
      "Missing issuer claim ('iss') in JWT payload. The JWT must include an 'iss' claim that matches one of your configured auth providers.",
    );
  }
  return { ...claims, iss };
}

/**
 * Verifies a token of a provider.
 *
 * @throws {AuthError} when the signature or a claim is invalid.
 * @throws {ProviderUnavailableError} when the keys of the provider cannot be fetched.
 */
export async function verifiedClaims(
  token: string,
  provider: AuthProvider,
  keys: KeySets,
): Promise<VerifiedClaims> {
  if (!("domain" in provider)) {
    const claims = await customClaims(token, provider, keys);
    checkTimes(claims);
    return required(claims);
  }
  try {
    const set = await keys.ofIssuer(unverifiedClaims(token).iss);
    const { payload } = await compactVerify(token, set, { algorithms: OIDC_ALGORITHMS });
    const claims = required(parsed(payload));
    if (claims.exp * 1000 <= Date.now()) throw rejected("Expired");
    return claims;
  } catch (error) {
    if (error instanceof ProviderUnavailableError) throw error;
    throw new AuthError(
      "Unauthenticated",
      "Could not verify OIDC token claim. Check that the token signature is valid and the token hasn't expired.",
    );
  }
}

async function customClaims(
  token: string,
  { jwks, algorithm }: Extract<AuthProvider, { type: "customJwt" }>,
  keys: KeySets,
): Promise<Claims> {
  const kid = keyIdOf(token);
  if (kid === undefined)
    throw rejected("Could not decode token. JWT may be missing a 'kid' (key ID) header.");
  try {
    const { payload } = await compactVerify(token, keys.at(jwks), { algorithms: [algorithm] });
    return parsed(payload);
  } catch (error) {
    if (error instanceof AuthError || error instanceof ProviderUnavailableError) throw error;
    throw rejected(
      `Could not decode token. The JWT's 'kid' (key ID) header is '${kid}', does this key match any key in the provider's JWKS?`,
    );
  }
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

function checkTimes({ nbf, iat, exp }: Claims): void {
  const now = Math.floor(Date.now() / 1000);
  for (const begin of [nbf, iat]) {
    if (typeof begin === "number" && begin - now > LEEWAY_SECONDS)
      throw rejected(`Could not validate token: Token will be valid in ${begin - now} seconds`);
  }
  if (typeof exp === "number" && now - exp > LEEWAY_SECONDS)
    throw rejected(`Could not validate token: Token expired ${now - exp} seconds ago`);
}

function required(claims: Claims): VerifiedClaims {
  const { iss, sub, exp } = claims;
  if (typeof sub !== "string") throw rejected("Missing subject");
  if (typeof iss !== "string") throw rejected("Missing issuer");
  if (typeof exp !== "number") throw rejected("Missing expiry");
  return { ...claims, iss, sub, exp };
}

function parsed(payload: Uint8Array): Claims {
  const claims = parseJson(Buffer.from(payload).toString("utf8"));
  if (claims === null || typeof claims !== "object" || Array.isArray(claims))
    throw rejected("Missing subject");
  const result: Claims = {};
  for (const [name, value] of Object.entries(claims)) if (value !== undefined) result[name] = value;
  return result;
}

function rejected(message: string): AuthError {
  return new AuthError("InvalidAuthHeader", message);
}
