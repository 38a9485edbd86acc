/** Token issuer: signs access tokens and serves the key set that Convex verifies them with. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const CLIENT_ID = "client_of_the_tests";

/** Claims of a user's access token. */
export type Claims = {
  sub: string;
  sid?: string;
  role?: string;
  org_id?: string;
  /** The client of this issuer by default. */
  client_id?: string;
  /** The impersonator. */
  act?: { sub: string };
};

export type TokenIssuer = {
  /** Base URL of the key set, and the tokens' issuer. */
  url: string;
  sign(claims: Claims): Promise<string>;
  /** Returns a token with the same claims, signed with an unknown key. */
  forge(claims: Claims): Promise<string>;
  /** Returns a token that expired an hour ago. */
  signExpired(claims: Claims): Promise<string>;
  close(): Promise<void>;
};

/** The known and an unknown key pair of this worker, because making a pair costs up to 0.3 s of CPU. */
const pairs = Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const [ours, foreign] = await pairs;
  const keySet = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: "key_1", alg: "RS256", use: "sig" }] };
  const server = createServer((request, response) => {
    const found = request.url === `/sso/jwks/${CLIENT_ID}`;
    response.writeHead(found ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(found ? keySet : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sign = (claims: Claims, key: CryptoKey, expiresIn: number) =>
    new SignJWT({ client_id: CLIENT_ID, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "key_1", typ: "JWT" })
      .setIssuer(url)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
      .sign(key);

  return {
    url,
    sign: (claims) => sign(claims, ours.privateKey, 3600),
    forge: (claims) => sign(claims, foreign.privateKey, 3600),
    signExpired: (claims) => sign(claims, ours.privateKey, -3600),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
