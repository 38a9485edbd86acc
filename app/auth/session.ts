/** What a session is, and what of it may leave the server. */

/** The person, as WorkOS described them at sign-in. */
export type SessionUser = {
  id: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  profilePictureUrl: string | null;
  emailVerified: boolean;
};

/** The sealed content of the session cookie. Times are Unix milliseconds. It has the same size after every refresh. */
export type Session = {
  /** WorkOS's session id, the token's `sid`. */
  sessionId: string;
  user: SessionUser;
  accessToken: string;
  accessTokenExpiresAt: number;
  refreshToken: string;
  organizationId: string | null;
  /** The token's `role` claim. */
  role: string | null;
  /** The e-mail of whoever acts as this person, by WorkOS's impersonation; null for the person themselves. */
  impersonator: string | null;
  /** When WorkOS last changed the person, by its own clock: what is older than Convex's word is not believed there. */
  userUpdatedAt: number | null;
  /** When these tokens were issued; of two sessions with one id, the later one is the truth. */
  refreshedAt: number;
  signedInAt: number;
};

/** What loaders and pages may know of a session: no token. */
export type SessionInfo = {
  sessionId: string;
  role: string | null;
  organizationId: string | null;
  impersonator: string | null;
  /** The end of the session, not of its access token. */
  expiresAt: number;
};

/** Why a session that a browser still holds is over. The words are the codes of `/login?error=`. */
export type EndReason = "session_revoked" | "session_expired";

/** A session ends this long after sign-in; refreshing does not move that. */
export const SESSION_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** An access token with less than this left is refreshed. */
export const REFRESH_BEFORE_MS = 60_000;

/** For this long after a refresh, a browser that still sends the old cookie gets the new session without another call. */
export const REFRESH_GRACE_MS = 30_000;

/** The end of the session, whatever is refreshed until then. */
export function sessionEnd(session: Pick<Session, "signedInAt">): number {
  return session.signedInAt + SESSION_LIFETIME_MS;
}

/** Whether the access token should be refreshed before it is used again. */
export function nearExpiry(session: Pick<Session, "accessTokenExpiresAt">, now: number): boolean {
  return session.accessTokenExpiresAt - now < REFRESH_BEFORE_MS;
}

/** Whether the access token can no longer be used at all. */
export function tokenExpired(session: Pick<Session, "accessTokenExpiresAt">, now: number): boolean {
  return session.accessTokenExpiresAt <= now;
}

/** The part of a session that pages may see. */
export function sessionInfo(session: Session): SessionInfo {
  return {
    sessionId: session.sessionId,
    role: session.role,
    organizationId: session.organizationId,
    impersonator: session.impersonator,
    expiresAt: sessionEnd(session),
  };
}
