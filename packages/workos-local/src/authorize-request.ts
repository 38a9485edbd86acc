/** The query of `/user_management/authorize`, checked: https://workos.com/docs/reference/authkit/authentication/get-authorization-url */
import type { WorkosContext } from "./context.ts";
import { isChallenge } from "./pkce.ts";
import { redirectTarget } from "./redirect-target.ts";
import type { Organization } from "./store/organization-store.ts";

export type AuthorizeRequest = {
  redirectUri: URL;
  state: string | null;
  codeChallenge: string | null;
  screenHint: "sign-in" | "sign-up";
  loginHint: string | null;
  organization: Organization | null;
};

/** What is wrong: for the person, as nobody can be trusted with it (`page`), or for the app, at its redirect URI. */
export type AuthorizeRefusal =
  | { kind: "page"; title: string; text: string }
  | { kind: "redirect"; location: URL };

const refusedPage = (title: string, text: string): AuthorizeRefusal => ({ kind: "page", title, text });

export function readAuthorizeRequest(
  context: WorkosContext,
  query: URLSearchParams,
): AuthorizeRequest | AuthorizeRefusal {
  if (query.get("client_id") !== context.clientId)
    return refusedPage("Invalid client ID", "The app's WORKOS_CLIENT_ID is not the one of this stand-in.");
  const redirectUri = redirectTarget(
    query.get("redirect_uri") ?? "",
    context.store.settings.get().redirectUris,
  );
  if (!redirectUri)
    return refusedPage(
      "Invalid redirect URI",
      "Make sure that the app uses a redirect URI that is registered, or one on this machine.",
    );
  const state = query.get("state");
  const refuse = (error: string, description: string): AuthorizeRefusal => ({
    kind: "redirect",
    location: errorLocation(redirectUri, state, error, description),
  });

  if (query.get("response_type") !== "code")
    return refuse("unsupported_response_type", "response_type must be 'code'.");
  const organizationId = query.get("organization_id");
  const provider = query.get("provider");
  if (provider !== null ? provider !== "authkit" : !organizationId)
    return refuse(
      "invalid_request",
      "Give provider=authkit, or an organization_id; this stand-in knows no other.",
    );
  const codeChallenge = query.get("code_challenge");
  if (
    codeChallenge !== null &&
    (query.get("code_challenge_method") !== "S256" || !isChallenge(codeChallenge))
  )
    return refuse("invalid_request", "code_challenge must be an S256 challenge.");
  const organization = organizationId ? context.store.organizations.byId(organizationId) : null;
  if (organizationId && !organization)
    return refuse("organization_invalid", "The organization was not found.");
  return {
    redirectUri,
    state,
    codeChallenge,
    screenHint: query.get("screen_hint") === "sign-up" ? "sign-up" : "sign-in",
    loginHint: query.get("login_hint"),
    organization,
  };
}

/** The redirect URI with an error, as RFC 6749 section 4.1.2.1 has it. */
export function errorLocation(
  redirectUri: URL,
  state: string | null,
  error: string,
  description: string,
): URL {
  return withParameters(redirectUri, { error, error_description: description, state });
}

/** The redirect URI with what the app is told; what it had in its own query stays. */
export function withParameters(redirectUri: URL, parameters: Record<string, string | null>): URL {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters))
    if (value !== null) location.searchParams.set(name, value);
  return location;
}
