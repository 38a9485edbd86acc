/** Finds out who is calling, from what a socket or an HTTP request brings. */
import type { JSONValue } from "convex/values";
import { decodeJwt, errors, jwtVerify } from "jose";
import type { AuthProvider, Identity } from "../backend.ts";
import { matchesAdminKey } from "./admin-key.ts";
import { AuthError, type Caller, NOBODY, ProviderUnavailableError } from "./caller.ts";
import { identityFrom } from "./identity.ts";
import { KeySets } from "./key-sets.ts";

const OIDC_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

export class Authenticator {
  readonly #providers: () => AuthProvider[];
  readonly #adminKey: string;
  readonly #keys = new KeySets();

  /** @param providers what `auth.config.ts` says at the moment. */
  constructor(providers: () => AuthProvider[], adminKey: string) {
    this.#providers = providers;
    this.#adminKey = adminKey;
  }

  /**
   * The person a token was issued for.
   *
   * @throws AuthError where it is not good, ProviderUnavailableError where that cannot be told.
   */
  async user(token: string): Promise<Caller> {
    const provider = this.#providerOf(token);
    const oidc = "domain" in provider;
    try {
      const issuer = oidc ? String(decodeJwt(token).iss) : provider.issuer;
      const keys = oidc ? await this.#keys.ofIssuer(issuer) : this.#keys.at(provider.jwks);
      const { payload } = await jwtVerify(token, keys, {
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
      throw new AuthError("InvalidAuthHeader", refusal(error));
    }
  }

  /**
   * Whoever has the admin key, in the role of somebody where they ask for that.
   *
   * @throws AuthError where it is another key.
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
   * Reads an `Authorization` header: `Bearer TOKEN`, `Convex ADMINKEY`, `Convex ADMINKEY:BASE64-OF-IDENTITY`, or none.
   *
   * @throws AuthError, ProviderUnavailableError
   */
  async header(value: string | undefined): Promise<Caller> {
    if (value === undefined) return NOBODY;
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
  // A domain is written without its protocol or its last slash as often as with them.
  const domain = /^https?:\/\//.test(provider.domain) ? provider.domain : `https://${provider.domain}`;
  return domain.replace(/\/$/, "") === issuer.replace(/\/$/, "");
}

/** Why jose refused a token, in words that hold nothing of it. */
function refusal(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "Could not validate token: it has expired.";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `Could not validate token: its claim '${error.claim}' does not hold.`;
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return "Could not decode token: no key of the provider fits it. Check its 'kid' header.";
  }
  return "Could not decode token: its signature or its form is not valid.";
}

function decodeAttributes(base64: string): { [claim: string]: JSONValue } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return parsed as { [claim: string]: JSONValue };
    }
  } catch {
    // The same answer as for JSON of another kind.
  }
  throw new AuthError("InvalidAuthHeader", "The identity to act as is not an object in JSON and base64.");
}

function impersonated(attributes: { [claim: string]: JSONValue }): Identity {
  const { subject, issuer, tokenIdentifier } = attributes;
  if (typeof subject !== "string" || typeof issuer !== "string") {
    throw new AuthError("InvalidAuthHeader", "The identity to act as needs `subject` and `issuer`.");
  }
  const identifier = typeof tokenIdentifier === "string" ? tokenIdentifier : `${issuer}|${subject}`;
  return { ...attributes, subject, issuer, tokenIdentifier: identifier };
}
