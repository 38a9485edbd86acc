/** Authenticates callers by the token or admin key of a socket or an HTTP request. */
import type { JSONValue } from "convex/values";
import { decodeJwt, errors, jwtVerify } from "jose";
import type { AuthProvider, Identity } from "../backend.ts";
import { parseJson } from "../values/json.ts";
import { matchesAdminKey } from "./admin-key.ts";
import { ANONYMOUS, AuthError, type Caller, ProviderUnavailableError } from "./caller.ts";
import { type Claims, identityFrom } from "./identity.ts";
import { KeySets } from "./key-sets.ts";

const OIDC_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

/** Verifies tokens against the providers of `auth.config.ts`, and the admin key. */
export class Authenticator {
  readonly #providers: () => AuthProvider[];
  readonly #adminKey: string;
  readonly #keys = new KeySets();

  /**
   * @param providers - Returns the providers of the loaded `auth.config.ts`.
   * @param adminKey - The admin key of the deployment.
   */
  constructor(providers: () => AuthProvider[], adminKey: string) {
    this.#providers = providers;
    this.#adminKey = adminKey;
  }

  /**
   * Verifies a token and returns its user.
   *
   * @throws {AuthError} when the token is invalid.
   * @throws {ProviderUnavailableError} when the keys of its provider cannot be fetched.
   */
  async user(token: string): Promise<Caller> {
    const provider = this.#providerOf(token);
    const oidc = "domain" in provider;
    try {
      const issuer = oidc ? String(decodeJwt(token).iss) : provider.issuer;
      const keys = oidc ? await this.#keys.ofIssuer(issuer) : this.#keys.at(provider.jwks);
      const { payload } = await jwtVerify<Claims>(token, keys, {
        issuer,
        ...(provider.applicationID === undefined ? {} : { audience: provider.applicationID }),
        algorithms: oidc ? OIDC_ALGORITHMS : [provider.algorithm],
        requiredClaims: ["exp", "sub"],
      });
      const { iss = issuer, sub, exp } = payload;
      if (sub === undefined || exp === undefined)
        throw new AuthError("InvalidAuthHeader", "Missing subject.");
      return {
        identity: identityFrom(provider, { ...payload, iss, sub }),
        caller: "public",
        expiresAt: exp * 1000,
      };
    } catch (error) {
      if (error instanceof AuthError || error instanceof ProviderUnavailableError) throw error;
      throw new AuthError("InvalidAuthHeader", reasonOf(error));
    }
  }

  /**
   * Verifies the admin key.
   *
   * @param impersonating - Claims of the user to act as.
   * @throws {AuthError} when the key is wrong.
   */
  admin(key: string, impersonating?: { [claim: string]: JSONValue } | null): Caller {
    if (!matchesAdminKey(key, this.#adminKey)) {
      throw new AuthError("BadAdminKey", "The provided admin key was invalid for this instance.");
    }
    return {
      identity: impersonating ? impersonated(impersonating) : null,
      caller: "internal",
      expiresAt: null,
    };
  }

  /**
   * Authenticates an `Authorization` header: `Bearer TOKEN`, `Convex ADMINKEY`, `Convex ADMINKEY:BASE64-OF-IDENTITY`, or
   * none.
   *
   * @throws {AuthError} when the token or the key is invalid.
   * @throws {ProviderUnavailableError} when the keys of the token's provider cannot be fetched.
   */
  async header(value: string | undefined): Promise<Caller> {
    if (value === undefined) return ANONYMOUS;
    const bearer = /^bearer\s+(.+)$/i.exec(value);
    if (bearer?.[1] !== undefined) return this.user(bearer[1].trim());
    const admin = /^convex\s+(.+)$/i.exec(value);
    if (admin?.[1] === undefined) {
      throw new AuthError("InvalidAuthHeader", "Header must begin with `Bearer ` or `Convex `.");
    }
    const [key = "", attributes] = admin[1].trim().split(":");
    return this.admin(key, attributes === undefined ? null : decodeAttributes(attributes));
  }

  #providerOf(token: string): AuthProvider {
    let claims: ReturnType<typeof decodeJwt>;
    try {
      claims = decodeJwt(token);
    } catch {
      throw new AuthError("InvalidAuthHeader", "Could not parse JWT payload: the token is not a JWT.");
    }
    const { iss, aud } = claims;
    if (typeof iss !== "string") {
      throw new AuthError("InvalidAuthHeader", "Missing issuer claim ('iss') in JWT payload.");
    }
    const audiences = typeof aud === "string" ? [aud] : (aud ?? []);
    const provider = this.#providers().find((candidate) => matches(candidate, iss, audiences));
    if (provider === undefined) {
      throw new AuthError(
        "NoAuthProvider",
        "No auth provider found matching the given token. Check that its issuer and audience are those of a provider in convex/auth.config.ts.",
      );
    }
    return provider;
  }
}

function matches(provider: AuthProvider, issuer: string, audiences: string[]): boolean {
  const { applicationID } = provider;
  if (applicationID !== undefined && !audiences.includes(applicationID)) return false;
  if (!("domain" in provider)) return provider.issuer === issuer;
  // The protocol and the trailing slash of a domain are optional.
  const domain = /^https?:\/\//.test(provider.domain) ? provider.domain : `https://${provider.domain}`;
  return domain.replace(/\/$/, "") === issuer.replace(/\/$/, "");
}

/** Returns why jose rejected a token, without parts of the token. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "Could not validate token: it has expired.";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `Could not validate token: its claim '${error.claim}' is not as expected.`;
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return "Could not decode token: no key of the provider matches it. Check its 'kid' header.";
  }
  return "Could not decode token: its signature or format is invalid.";
}

function decodeAttributes(base64: string): { [claim: string]: JSONValue } {
  try {
    const parsed = parseJson(Buffer.from(base64, "base64").toString("utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Reported below, like JSON that is not an object.
  }
  throw new AuthError("InvalidAuthHeader", "The identity to act as is not a JSON object in base64.");
}

function impersonated(attributes: { [claim: string]: JSONValue }): Identity {
  const { subject, issuer, tokenIdentifier } = attributes;
  if (typeof subject !== "string" || typeof issuer !== "string") {
    throw new AuthError("InvalidAuthHeader", "The identity to act as needs `subject` and `issuer`.");
  }
  const identifier = typeof tokenIdentifier === "string" ? tokenIdentifier : `${issuer}|${subject}`;
  return { ...attributes, subject, issuer, tokenIdentifier: identifier };
}
