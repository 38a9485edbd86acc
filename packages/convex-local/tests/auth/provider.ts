/** An auth provider for tests: keys over HTTP, discovery, tokens, and faults on demand. */
import { createServer, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";
import { portOf } from "../../src/http/loopback.ts";

type Algorithm = "RS256" | "ES256";
type Key = { kid: string; algorithm: Algorithm; private: CryptoKey; public: JWK };

/** One provider. */
export class Provider {
  /** The number of requests for the keys. */
  fetches = 0;
  fault: "none" | "down" | "garbage" = "none";
  url = "";
  #keys: Key[] = [];
  #made = 0;

  static async start(algorithm: Algorithm = "RS256"): Promise<Provider> {
    const provider = new Provider();
    await provider.rotate(algorithm);
    const server = createServer((request, response) => provider.#answer(request.url ?? "/", response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    provider.url = `http://127.0.0.1:${portOf(server)}`;
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return provider;
  }

  get jwksUrl(): string {
    return `${this.url}/jwks`;
  }

  get jwks(): { keys: JWK[] } {
    return { keys: this.#keys.map((key) => key.public) };
  }

  /** Signs with a new key from now on; the older ones stay published. */
  async rotate(algorithm: Algorithm = "RS256"): Promise<void> {
    this.#keys.unshift(await makeKey(`key-${++this.#made}`, algorithm));
  }

  /** Returns a token for `ada` that is valid for five minutes, with other claims. Undefined removes a claim. */
  async token(claims: JWTPayload = {}): Promise<string> {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("The provider has no key.");
    return sign(key, this.url, claims);
  }

  /** Returns a token of this issuer that another key with the same key id signed. */
  async forged(claims: JWTPayload = {}): Promise<string> {
    const [key] = this.#keys;
    return sign(await makeKey(key?.kid ?? "", "RS256"), this.url, claims);
  }

  #answer(path: string, response: ServerResponse): void {
    if (path === "/jwks") this.fetches += 1;
    if (this.fault === "down") {
      response.writeHead(503).end();
      return;
    }
    if (this.fault === "garbage") {
      response.writeHead(200).end("<html>not keys</html>");
      return;
    }
    const discovery = { issuer: this.url, jwks_uri: this.jwksUrl };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(path === "/jwks" ? this.jwks : discovery));
  }
}

async function makeKey(kid: string, algorithm: Algorithm): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return {
    kid,
    algorithm,
    private: privateKey,
    public: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" },
  };
}

function sign(key: Key, issuer: string, claims: JWTPayload): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  // Without it, two tokens of the same second would be equal, and the client would reject the second one.
  const jti = crypto.randomUUID();
  return new SignJWT({ iss: issuer, sub: "ada", iat: now, exp: now + 300, jti, ...claims })
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: "JWT" })
    .sign(key.private);
}
