/** Public keys of the auth providers: fetched on first use, cached, and fetched again for an unknown key id. */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from "jose";
import { AuthError, ProviderUnavailableError } from "./caller.ts";

/** The shortest time between two fetches for unknown key ids. */
const COOLDOWN_MS = 3_000;
const TIMEOUT_MS = 5_000;
const MAX_AGE_MS = 10 * 60_000;
/** A limit for configurations that change often; one `auth.config.ts` has few providers. */
const MAX_SETS = 64;

/** Cache of key sets by address and by issuer. */
export class KeySets {
  readonly #sets = new Map<string, JWTVerifyGetKey>();
  readonly #discovered = new Map<string, { jwks: string; at: number }>();

  /**
   * Returns the keys at an `http:`, `https:` or `data:` URL.
   *
   * The returned function throws `ProviderUnavailableError` when the keys cannot be fetched, and jose's errors when none
   * of them matches the token.
   */
  at(address: string): JWTVerifyGetKey {
    let set = this.#sets.get(address);
    if (set === undefined) {
      if (this.#sets.size >= MAX_SETS) this.#sets.clear();
      set = address.startsWith("data:") ? inline(address) : remote(address);
      this.#sets.set(address, set);
    }
    return set;
  }

  /**
   * Returns the keys of an OpenID Connect issuer, found by its discovery document.
   *
   * @throws {ProviderUnavailableError} when the document cannot be fetched or is another issuer's.
   * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
   */
  async ofIssuer(issuer: string): Promise<JWTVerifyGetKey> {
    const known = this.#discovered.get(issuer);
    if (known !== undefined && Date.now() - known.at < MAX_AGE_MS) return this.at(known.jwks);
    try {
      const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
      const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" });
      const metadata: unknown = response.status === 200 ? await response.json() : null;
      if (!isMetadata(metadata) || metadata.issuer !== issuer)
        throw new Error("The discovery document is not of this issuer.");
      this.#discovered.set(issuer, { jwks: metadata.jwks_uri, at: Date.now() });
      return this.at(metadata.jwks_uri);
    } catch (cause) {
      if (known !== undefined) return this.at(known.jwks);
      throw new ProviderUnavailableError(`Auth provider discovery of ${issuer} failed`, { cause });
    }
  }
}

function remote(address: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(address), {
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: MAX_AGE_MS,
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      if (isNoMatch(cause)) throw cause;
      const unavailable = new ProviderUnavailableError(
        `Could not fetch JWKS from URL '${address}'. Check that the URL is correct and accessible.`,
        { cause },
      );
      const old = keys.jwks();
      if (old === undefined) throw unavailable;
      // Known keys stay valid while the provider is down.
      return createLocalJWKSet(old)(header, token).catch((error: unknown) => {
        throw isNoMatch(error) ? unavailable : error;
      });
    }
  };
}

function inline(address: string): JWTVerifyGetKey {
  let keys: JSONWebKeySet;
  try {
    keys = JSON.parse(decodeDataUrl(address));
    return createLocalJWKSet(keys);
  } catch (cause) {
    return async () => {
      throw new AuthError(
        "InvalidAuthHeader",
        `Invalid JWKS response body from '${address}'. The response is not valid JSON or doesn't match the expected JWKS format.`,
        { cause },
      );
    };
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc2397 */
function decodeDataUrl(address: string): string {
  const comma = address.indexOf(",");
  if (comma === -1) throw new Error("The data: URL has no comma.");
  const data = decodeURIComponent(address.slice(comma + 1));
  return /;\s*base64\s*$/i.test(address.slice(0, comma))
    ? Buffer.from(data, "base64").toString("utf8")
    : data;
}

function isNoMatch(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

function isMetadata(value: unknown): value is { issuer: string; jwks_uri: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "issuer" in value &&
    typeof value.issuer === "string" &&
    "jwks_uri" in value &&
    typeof value.jwks_uri === "string"
  );
}
