/** Validates the query of `/user_management/authorize`: https://workos.com/docs/reference/authkit/authentication/get-authorization-url */
import type { WorkOSContext } from "./context.ts";
import { isChallenge } from "./pkce.ts";
import { redirectTarget } from "./redirect-target.ts";
import type { Invitation } from "./store/invitation-store.ts";
import type { Organization } from "./store/organization-store.ts";

export type AuthorizeRequest = {
  redirectUri: URL;
  state: string | null;
  codeChallenge: string | null;
  screenHint: "sign-in" | "sign-up";
  loginHint: string | null;
  organization: Organization | null;
  invitation: Invitation | null;
};

/** An error: shown to the user (`page`) if the redirect URI cannot be trusted, otherwise sent to the redirect URI. */
export type AuthorizeError =
  | { kind: "page"; title: string; text: string }
  | { kind: "redirect"; location: URL };

const errorPage = (title: string, text: string): AuthorizeError => ({ kind: "page", title, text });

/** Reads the query, or returns what is wrong with it. */
export function readAuthorizeRequest(
  context: WorkOSContext,
  query: URLSearchParams,
): AuthorizeRequest | AuthorizeError {
  if (query.get("client_id") !== context.clientId)
    return errorPage("Invalid client ID", "The WORKOS_CLIENT_ID of the app is not that of this emulator.");
  const redirectUri = redirectTarget(
    query.get("redirect_uri") ?? "",
    context.store.settings.get().redirectUris,
  );
  if (!redirectUri)
    return errorPage("Invalid redirect URI", "Use a registered redirect URI, or one on this machine.");
  const state = query.get("state");
  const reject = (error: string, description: string): AuthorizeError => ({
    kind: "redirect",
    location: errorLocation(redirectUri, state, error, description),
  });

  if (query.get("response_type") !== "code")
    return reject("unsupported_response_type", "response_type must be 'code'.");
  const organizationId = query.get("organization_id");
  const provider = query.get("provider");
  const connectionId = query.get("connection_id");
  // WorkOS accepts one of provider and connection_id; an organization may be given with either.
  if (provider !== null && connectionId !== null)
    return reject("invalid_request", "Set only one of provider and connection_id.");
  if (provider !== null ? provider !== "authkit" : !organizationId && !connectionId)
    return reject(
      "invalid_request",
      "Set provider=authkit, connection_id or organization_id. The emulator does not support other providers.",
    );
  const invitationToken = query.get("invitation_token");
  const codeChallenge = query.get("code_challenge");
  if (
    codeChallenge !== null &&
    (query.get("code_challenge_method") !== "S256" || !isChallenge(codeChallenge))
  )
    return reject("invalid_request", "code_challenge must be an S256 challenge.");
  const organization = organizationId
    ? context.store.organizations.byId(organizationId)
    : connectionId
      ? context.store.organizations.byConnection(connectionId)
      : null;
  if (connectionId && !organization) return reject("connection_invalid", "The connection was not found.");
  if (organizationId && !organization)
    return reject("organization_invalid", "The organization was not found.");
  const invitation = invitationToken ? context.store.invitations.byToken(invitationToken) : null;
  return {
    redirectUri,
    state,
    codeChallenge,
    screenHint: query.get("screen_hint") === "sign-up" ? "sign-up" : "sign-in",
    loginHint: query.get("login_hint") ?? invitation?.email ?? null,
    organization,
    invitation,
  };
}

/** Returns the redirect URI with an error (RFC 6749, section 4.1.2.1). */
export function errorLocation(
  redirectUri: URL,
  state: string | null,
  error: string,
  description: string,
): URL {
  return withParameters(redirectUri, { error, error_description: description, state });
}

/** Returns the redirect URI with these parameters added to its query. */
export function withParameters(redirectUri: URL, parameters: Record<string, string | null>): URL {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters))
    if (value !== null) location.searchParams.set(name, value);
  return location;
}
