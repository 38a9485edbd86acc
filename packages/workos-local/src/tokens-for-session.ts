/** The pair of tokens that a grant gives out. */
import { signAccessToken } from "./access-token.ts";
import type { WorkosContext } from "./context.ts";
import { formatAuthentication } from "./formats.ts";
import type { WorkosRequest } from "./request.ts";
import type { Session } from "./store/session-store.ts";
import type { User } from "./store/user-store.ts";

/**
 * A new access token and a new refresh token, as the answer of a grant.
 * @param request the issuer is the address it was sent to, so that a proxy in front of the stand-in works too
 */
export function authenticated(context: WorkosContext, request: WorkosRequest, user: User, session: Session) {
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
  });
  const refreshToken = context.store.sessions.newRefreshToken(session.id);
  return formatAuthentication(user, session, { accessToken, refreshToken });
}
