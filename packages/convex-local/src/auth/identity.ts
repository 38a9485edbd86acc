/** Converts the claims of a token to the result of `ctx.auth.getUserIdentity()`. */
import type { JSONValue } from "convex/values";
import type { AuthProvider, Identity } from "../backend.ts";

/**
 * Claims about the token and not about the user. As in the cloud, functions do not see them: a refreshed token has the
 * same identity, and no query has to run again for it.
 */
const TOKEN_CLAIMS = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "fva"]);

/** Claims of an OpenID Connect token about the sign-in. */
const SIGN_IN_CLAIMS = new Set(["auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash"]);

/** Names of standard claims in Convex's `UserIdentity`. Only for OIDC providers. */
const OIDC_NAMES: Record<string, string> = {
  given_name: "givenName",
  family_name: "familyName",
  preferred_username: "preferredUsername",
  profile: "profileUrl",
  picture: "pictureUrl",
  website: "websiteUrl",
  email_verified: "emailVerified",
  birthdate: "birthday",
  zoneinfo: "timezone",
  locale: "language",
  phone_number: "phoneNumber",
  phone_number_verified: "phoneNumberVerified",
  updated_at: "updatedAt",
};

/** Claims of a token, as parsed from its JSON. */
export type Claims = { [name: string]: JSONValue };

/** Returns the identity in verified claims. */
export function identityFrom(
  provider: AuthProvider,
  claims: Claims & { iss: string; sub: string },
): Identity {
  const identity: Identity = {
    ...("domain" in provider ? oidcClaims(claims) : flattened(claims)),
    tokenIdentifier: `${claims.iss}|${claims.sub}`,
    issuer: claims.iss,
    subject: claims.sub,
  };
  return identity;
}

function oidcClaims(claims: Claims): Record<string, JSONValue> {
  const identity: Record<string, JSONValue> = {};
  for (const [name, value] of personalClaims(claims)) {
    if (!SIGN_IN_CLAIMS.has(name)) identity[OIDC_NAMES[name] ?? name] = standardValue(name, value);
  }
  return identity;
}

/** Returns the value of a standard claim as Convex's `UserIdentity` has it, and of other claims unchanged. */
function standardValue(name: string, value: JSONValue): JSONValue {
  if (name === "updated_at" && typeof value === "number")
    return new Date(value * 1000).toISOString().replace(/(?:\.000)?Z$/, "+00:00");
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  if (name === "address" && isObject) return value.formatted ?? null;
  return value;
}

/**
 * Keeps the names of a custom token's claims, and gives nested claims dotted names: `identity["properties.id"]`.
 *
 * @see https://docs.convex.dev/auth/advanced/custom-jwt#custom-claims
 */
function flattened(claims: Claims): Record<string, JSONValue> {
  const identity: Record<string, JSONValue> = {};
  const put = (name: string, value: JSONValue): void => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      identity[name] = value;
      return;
    }
    for (const [inner, innerValue] of Object.entries(value)) {
      if (innerValue !== undefined) put(`${name}.${inner}`, innerValue);
    }
  };
  for (const [name, value] of personalClaims(claims)) put(name, value);
  return identity;
}

function personalClaims(claims: Claims): [string, JSONValue][] {
  return Object.entries(claims).filter(([name]) => !TOKEN_CLAIMS.has(name));
}
