/**
 * Token with an invalid signature: Convex rejects it either for its issuer or for its signature, which shows
 * whether it accepts the issuer.
 */

/**
 * Returns a JWT with this issuer and a signature of 256 zero bytes.
 *
 * @param issuer - The claim `iss`.
 * @param clientId - The claim `client_id`.
 * @param now - The current time in Unix ms.
 */
export function forgedToken(issuer: string, clientId: string, now: number): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const header = encode({ alg: "RS256", typ: "JWT", kid: "mosaic_doctor" });
  const seconds = Math.floor(now / 1000);
  const claims = encode({
    iss: issuer,
    sub: "mosaic_doctor",
    client_id: clientId,
    iat: seconds,
    exp: seconds + 60,
  });
  return `${header}.${claims}.${Buffer.alloc(256).toString("base64url")}`;
}
