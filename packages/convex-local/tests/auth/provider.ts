/** An auth provider of the test's own: keys over HTTP, discovery, tokens, and faults on demand. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";

type Algorithm = "RS256" | "ES256";
type Key = { kid: string; algorithm: Algorithm; private: CryptoKey; public: JWK };

export class Provider {
  /** How often the keys have been asked for. */
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
    provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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

  /** A token for `ada`, good for five minutes, but for what is said otherwise; undefined leaves a claim out. */
  async token(claims: JWTPayload = {}): Promise<string> {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("the provider has no key");
    return sign(key, this.url, claims);
  }

  /** One that says it is from here, but is signed by somebody else under the same key id. */
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
  // Two tokens of one second would be the same text, and a client takes that for no fresh token at all.
  const jti = crypto.randomUUID();
  return new SignJWT({ iss: issuer, sub: "ada", iat: now, exp: now + 300, jti, ...claims })
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: "JWT" })
    .sign(key.private);
}
