/** Authenticates callers by the token or admin key of a socket or an HTTP request. */
import type { JSONValue } from "convex/values";
import type { AuthProvider, Identity } from "../backend.ts";
import { parseJson } from "../values/json.ts";
import { matchesAdminKey } from "./admin-key.ts";
import { ANONYMOUS, AuthError, type Caller } from "./caller.ts";
import { identityFrom } from "./identity.ts";
import { KeySets } from "./key-sets.ts";
import { unverifiedClaims, verifiedClaims } from "./token-claims.ts";

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
    const claims = await verifiedClaims(token, provider, this.#keys);
    return { identity: identityFrom(provider, claims), caller: "public", expiresAt: claims.exp * 1000 };
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
    const { iss, aud } = unverifiedClaims(token);
    const audiences = typeof aud === "string" ? [aud] : (aud ?? []);
    const providers = this.#providers();
    const provider = providers.find((candidate) => matches(candidate, iss, audiences));
    if (provider === undefined) throw new AuthError("NoAuthProvider", noProvider(providers));
    return provider;
  }
}

function matches(provider: AuthProvider, issuer: string, audiences: string[]): boolean {
  const { applicationID } = provider;
  if (applicationID !== undefined && !audiences.includes(applicationID)) return false;
  return normalized("domain" in provider ? provider.domain : provider.issuer) === normalized(issuer);
}

/** The protocol and the trailing slash of an issuer are optional. */
function normalized(issuer: string): string {
  return (/^https?:\/\//.test(issuer) ? issuer : `https://${issuer}`).replace(/\/+$/, "");
}

function noProvider(providers: readonly AuthProvider[]): string {
  const none = "No auth provider found matching the given token";
  if (providers.length === 0) return `${none} (no providers configured). Check convex/auth.config.ts.`;
  const list = providers.map((provider) =>
    "domain" in provider
      ? `OIDC(domain=${provider.domain}, app_id=${provider.applicationID})`
      : `CustomJWT(issuer=${provider.issuer}, app_id=${provider.applicationID ?? "none"})`,
  );
  return `${none}. Check that your JWT's issuer and audience match one of your configured providers: [${list.join(", ")}]`;
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
