/** Access tokens: RS256 JWTs with the claims of https://workos.com/docs/reference/authkit/session-tokens. */
import { sign } from "node:crypto";
import { newId } from "./ids.ts";
import type { Session } from "./store/session-store.ts";
import type { SigningKey } from "./store/signing-keys.ts";
import type { User } from "./store/user-store.ts";

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url");

/**
 * Signs the access token of a session.
 *
 * @param key - The signing key.
 * @param token - The content. `role` is the role in the session's organization or that of the user, null for no role
 *   claim; `lifetime` is in seconds. `claims`
 *   overrides others; null removes one.
 */
export function signAccessToken(
  key: SigningKey,
  token: {
    issuer: string;
    clientId: string;
    user: User;
    session: Session;
    role: string | null;
    lifetime: number;
    claims: Record<string, unknown> | null;
  },
): string {
  const { session, role } = token;
  const now = Math.floor(Date.now() / 1000);
  const claims: Record<string, unknown> = {
    iss: token.issuer,
    sub: token.user.id,
    ...(session.impersonator && { act: { sub: session.impersonator.email } }),
    ...(session.organizationId && { org_id: session.organizationId }),
    ...(role && { role, roles: [role], permissions: permissionsOf(role) }),
    sid: session.id,
    jti: newId("jti").slice("jti_".length),
    client_id: token.clientId,
    exp: now + token.lifetime,
    iat: now,
    ...token.claims,
  };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  const signed = `${encode({ alg: "RS256", typ: "JWT", kid: key.kid })}.${encode(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key.privateKey).toString("base64url")}`;
}

/** Permissions of each role. In WorkOS they are configured in the dashboard. */
const PERMISSIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["admin", ["projects:read", "projects:write", "projects:delete", "users:manage"]],
  ["developer", ["projects:read", "projects:write"]],
  ["viewer", ["projects:read"]],
]);

/** Returns the permissions of a role; none for an unknown role. */
function permissionsOf(role: string): readonly string[] {
  return PERMISSIONS.get(role) ?? [];
}
