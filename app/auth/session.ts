/** The session, its lifetimes, and the part of it that pages may see. */
import { SESSION_LIFETIME_MS } from "../../convex/model/sessionRules.ts";

/** The user, as WorkOS described them at the last sign-in or refresh. */
export type SessionUser = {
  id: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  profilePictureUrl: string | null;
  emailVerified: boolean;
};

/** The content of the session cookie. Times are Unix milliseconds. */
export type Session = {
  /** WorkOS session id, the access token's `sid` claim. */
  sessionId: string;
  user: SessionUser;
  accessToken: string;
  accessTokenExpiresAt: number;
  refreshToken: string;
  organizationId: string | null;
  /** The access token's `role` claim. */
  role: string | null;
  /** Email of the WorkOS impersonator; null if the user signed in themselves. */
  impersonator: string | null;
  /** When WorkOS last changed the user. Convex ignores updates older than this. */
  userUpdatedAt: number | null;
  /** When these tokens were issued. Of two sessions with the same id, the later one is valid. */
  refreshedAt: number;
  signedInAt: number;
  /** When WorkOS issued the first access token; null if unknown. */
  issuedAt: number | null;
  /** Convex has not received the sign-in yet. */
  syncPending: boolean;
};

/** The part of a session that loaders and pages may see. It has no tokens. */
export type SessionInfo = {
  sessionId: string;
  role: string | null;
  organizationId: string | null;
  impersonator: string | null;
  /** Expiry of the session, not of its access token. */
  expiresAt: number;
};

/** Why a session ended. Also the codes of `/login?error=`. */
export type EndReason = "session_revoked" | "session_expired";

/** An access token is refreshed this long before it expires. */
const REFRESH_BEFORE_MS = 60_000;

/** Requests with the old cookie share the result of a refresh for this long. */
export const REFRESH_GRACE_MS = 30_000;

/** Returns when the session expires, Unix milliseconds. */
export function sessionEnd(session: Pick<Session, "signedInAt">): number {
  return session.signedInAt + SESSION_LIFETIME_MS;
}

/** Returns when the session started by the clock of WorkOS, whose events end the sessions that started before. */
export function sessionStart({ issuedAt, signedInAt }: Pick<Session, "issuedAt" | "signedInAt">): number {
  return issuedAt ?? signedInAt;
}

/** Returns whether the access token must be refreshed before its next use. */
export function nearExpiry(session: Pick<Session, "accessTokenExpiresAt">, now: number): boolean {
  return session.accessTokenExpiresAt - now < REFRESH_BEFORE_MS;
}

/** Returns whether the access token has expired. */
export function tokenExpired(session: Pick<Session, "accessTokenExpiresAt">, now: number): boolean {
  return session.accessTokenExpiresAt <= now;
}

/** Returns the part of a session that pages may see. */
export function sessionInfo(session: Session): SessionInfo {
  return {
    sessionId: session.sessionId,
    role: session.role,
    organizationId: session.organizationId,
    impersonator: session.impersonator,
    expiresAt: sessionEnd(session),
  };
}
