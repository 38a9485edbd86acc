/** Whose tokens Convex believes: WorkOS's, for our client. */
import type { AuthConfig } from "convex/server";

declare const process: { env: Record<string, string | undefined> };

// `convex deploy` fails on a variable that is read here and unset, so both must be written out, the default too.
const apiUrl = process.env.WORKOS_API_URL;
const clientId = process.env.WORKOS_CLIENT_ID;

// WorkOS signs with several issuers, and Convex compares exactly. There may be no `aud`: the key set is our client's own.
const issuers = [`${apiUrl}`, `${apiUrl}/`, `${apiUrl}/user_management/${clientId}`];

export default {
  providers: issuers.map((issuer) => ({
    type: "customJwt" as const,
    issuer,
    algorithm: "RS256" as const,
    jwks: `${apiUrl}/sso/jwks/${clientId}`,
  })),
} satisfies AuthConfig;
