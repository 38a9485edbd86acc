/** Restarts a sign-in that began at the identity provider of an organization that does not allow that. */
import { href, redirect } from "react-router";
import type { RequestContext } from "../request/context.ts";
import { type CookieSettings, setCookie } from "../request/cookies.server.ts";
import { CONNECTION_ID, ORGANIZATION_ID } from "./sign-in-requirements.ts";

/** A second rejection within this time is not answered with another restart, which would be a loop. */
const RESTARTED_FOR_S = 60;

const cookieName = (settings: CookieSettings) => `${settings.cookiePrefix}wos-restart`;

const PARAMETERS = [
  { received: "organization_id", sent: "organizationId", format: ORGANIZATION_ID },
  { received: "connection_id", sent: "connectionId", format: CONNECTION_ID },
];

/**
 * Returns a redirect that starts the sign-in here, for the organization or connection that WorkOS names.
 *
 * @param params - The query of `/callback`.
 * @returns Null if the browser was just restarted, or if WorkOS names neither.
 */
export function restartSignIn({ cookies, env, setCookies }: RequestContext, params: URLSearchParams) {
  const name = cookieName(env);
  if (cookies[name] !== undefined) return null;
  for (const { received, sent, format } of PARAMETERS) {
    const id = params.get(received) ?? "";
    if (!format.test(id)) continue;
    setCookies.push(setCookie(env, name, "1", RESTARTED_FOR_S));
    return redirect(`${href("/api/auth/login")}?${new URLSearchParams({ [sent]: id })}`);
  }
  return null;
}
