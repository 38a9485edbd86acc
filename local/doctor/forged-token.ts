/** A token that nobody has signed: whether Convex refuses it for its issuer or for its signature says whom it believes. */

/** @returns a JWT that names this issuer, and whose signature is 256 zero bytes. */
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

/** The issuers under which WorkOS signs for a client, today's first; convex/auth.config.ts has the same three. */
export function issuersOf(workosApiUrl: string, clientId: string): string[] {
  return [`${workosApiUrl}/user_management/${clientId}`, workosApiUrl, `${workosApiUrl}/`];
}
