/** Interface of the Durable Object in `workers/session-refresher.ts`, which refreshes and ends a session. */
import { entryProblem } from "../../convex/model/entryRule.ts";
import type { SeenFrom } from "../request/context.ts";
import type { Env } from "../request/env.server.ts";
import type { EndReason, Session } from "./session.ts";

/** Asks for a usable access token for the session in the browser's cookie. */
export type RefreshRequest = {
  session: Session;
  /** Refresh even if the token has not expired, because it was rejected. */
  force: boolean;
  /** Switch to this organization. */
  organizationId?: string;
  /** Device and location, for the user's list of sessions. */
  seen: SeenFrom;
  /** Id of the calling request, for the log lines of the refresh it starts. */
  requestId: string;
};

export type RefreshAnswer =
  /** The browser already has the newest session. */
  | { status: "unchanged" }
  /** A newer session. `sealed` is the same for every request, so concurrent responses set equal cookies. */
  | { status: "refreshed"; session: Session; sealed: string }
  | { status: "ended"; reason: EndReason }
  /** WorkOS rejected the requested organization. The session is unchanged. */
  | { status: "rejected"; code: string | null }
  /** WorkOS is unreachable or returned no usable response. The session is unchanged. */
  | { status: "unavailable" };

/** A sign-out or revocation, with all data needed to retry its delivery to Convex. */
export type EndRequest = {
  sessionId: string;
  userId: string;
  signedInAt: number;
  ipAddress: string;
  userAgent: string;
  /** Convex already knows, so nothing is delivered. */
  told?: boolean;
  /** The user may no longer enter: Convex logs a revocation instead of a sign-out. */
  revoked?: boolean;
  /** E-mail of the impersonator, if any. */
  impersonator?: string;
  /** Id of the calling request, for the log lines of each delivery to Convex. */
  requestId: string;
};

/** The RPC methods of the Durable Object. */
export interface SessionRefresherMethods {
  refresh(request: RefreshRequest): Promise<RefreshAnswer>;
  /** Ends the session permanently and notifies Convex, with retries. */
  end(request: EndRequest): Promise<void>;
  /** Returns why the session ended, or null. Makes no network call. */
  ended(): Promise<EndReason | null>;
}

/** Returns the Durable Object of a session, by WorkOS session id. */
export type Refreshers = (sessionId: string) => SessionRefresherMethods;

/** Returns whether the user of a session may enter, as far as the session tells. */
export function mayEnter({ entryRule }: Pick<Env, "entryRule">, session: Readonly<Session>): boolean {
  return entryProblem(entryRule, { ...session.user, organizationId: session.organizationId }) === null;
}

/** Returns the request that ends a session whose user may no longer enter, also in Convex. */
export function revocationOf(session: Readonly<Session>, seen: SeenFrom, requestId: string): EndRequest {
  const { sessionId, signedInAt, user, impersonator } = session;
  const { ipAddress, userAgent } = seen;
  return {
    ...{ sessionId, userId: user.id, signedInAt, ipAddress, userAgent, requestId, revoked: true },
    ...(impersonator !== null && { impersonator }),
  };
}
