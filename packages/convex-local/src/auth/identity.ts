/** From a token's claims to what `ctx.auth.getUserIdentity()` gives. */
import type { JSONValue } from "convex/values";
import type { JWTPayload } from "jose";
import type { AuthProvider, Identity } from "../backend.ts";

/**
 * What tells tokens of one person apart and says nothing about the person. Functions do not see it, as in the cloud:
 * so a refreshed token is the same identity, and no query has to be run again for it.
 */
const ofTheToken = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "fva"]);

/** Standard claims under the names of Convex's `UserIdentity`; for OIDC providers only. */
const oidcNames: Record<string, string> = {
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

/** The identity in verified claims that have an issuer and a subject. */
export function identityFrom(
  provider: AuthProvider,
  claims: JWTPayload & { iss: string; sub: string },
): Identity {
  const identity: Identity = {
    ...("domain" in provider ? oidcClaims(claims) : flattened(claims)),
    tokenIdentifier: `${claims.iss}|${claims.sub}`,
    issuer: claims.iss,
    subject: claims.sub,
  };
  return identity;
}

function oidcClaims(claims: JWTPayload): Record<string, JSONValue> {
  const identity: Record<string, JSONValue> = {};
  for (const [name, value] of personalClaims(claims)) {
    const isTime = name === "updated_at" && typeof value === "number";
    identity[oidcNames[name] ?? name] = isTime ? new Date(value * 1000).toISOString() : value;
  }
  return identity;
}

/**
 * Custom tokens keep their claims' own names; nested ones are reached as `identity["properties.id"]`.
 *
 * @see https://docs.convex.dev/auth/advanced/custom-jwt#custom-claims
 */
function flattened(claims: JWTPayload): Record<string, JSONValue> {
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

function personalClaims(claims: JWTPayload): [string, JSONValue][] {
  const all = Object.entries(claims) as [string, JSONValue][];
  return all.filter(([name]) => !ofTheToken.has(name));
}
