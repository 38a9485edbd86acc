/** Issues the tokens of a grant. */
import { signAccessToken } from "./access-token.ts";
import type { WorkOSContext } from "./context.ts";
import { formatAuthentication } from "./formats.ts";
import type { WorkOSRequest } from "./request.ts";
import type { Session } from "./store/session-store.ts";
import type { User } from "./store/user-store.ts";

/**
 * Issues a new access token and a new refresh token, and returns the response of the grant. The issuer is the address of
 * the request, so that a proxy in front of the emulator works too.
 */
export function authenticated(context: WorkOSContext, request: WorkOSRequest, user: User, session: Session) {
  const settings = context.store.settings.get();
  const membership =
    session.organizationId && context.store.organizations.activeMembership(user.id, session.organizationId);
  const address = request.loopbackHost ? `http://${request.loopbackHost}` : context.url;
  const accessToken = signAccessToken(context.store.signingKeys.current, {
    issuer: settings.issuer ?? `${address}/user_management/${context.clientId}`,
    clientId: context.clientId,
    user,
    session,
    role: membership ? membership.role : user.role,
    lifetime: settings.accessTokenSeconds ?? context.accessTokenSeconds,
    claims: settings.claims,
  });
  const refreshToken = context.store.sessions.newRefreshToken(session.id);
  return formatAuthentication(user, session, { accessToken, refreshToken });
}
