/** Issuers of access tokens that worker and Convex accept. */

/** Returns the values in `WORKOS_ISSUER`, which is a comma-separated list. */
export function issuersIn(text: string): string[] {
  return text
    .split(",")
    .map((issuer) => issuer.trim())
    .filter((issuer) => issuer !== "");
}

/**
 * Returns the values of `iss` in access tokens of a WorkOS client, the current one first. WorkOS identifies
 * itself in several forms, and with a custom authentication domain as that domain.
 *
 * @param configured - The value of `WORKOS_ISSUER`.
 */
export function acceptedIssuers(apiUrl: string, clientId: string, configured: string): string[] {
  const ownForms = [`${apiUrl}/user_management/${clientId}`, apiUrl, `${apiUrl}/`];
  return [...new Set([...ownForms, ...issuersIn(configured)])];
}
