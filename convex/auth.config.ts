/** Token issuers that Convex accepts: WorkOS, for our client. */
import type { AuthConfig } from "convex/server";
import { acceptedIssuers } from "./model/issuers.ts";

declare const process: { env: Record<string, string | undefined> };

// `convex deploy` fails if a variable that is read here is unset, so all three must be set explicitly.
const apiUrl = process.env.WORKOS_API_URL;
const clientId = process.env.WORKOS_CLIENT_ID;
const issuers = acceptedIssuers(`${apiUrl}`, `${clientId}`, process.env.WORKOS_ISSUER ?? "");

// `aud` is not checked: WorkOS may leave it out, and the key set belongs to our client alone. The functions
// check `client_id`, if the token has it.
export default {
  providers: issuers.map((issuer) => ({
    type: "customJwt" as const,
    issuer,
    algorithm: "RS256" as const,
    jwks: `${apiUrl}/sso/jwks/${clientId}`,
  })),
} satisfies AuthConfig;
