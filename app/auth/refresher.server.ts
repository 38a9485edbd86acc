/** What a request asks of the one object that keeps a session: `workers/session-refresher.ts` is the other side. */
import type { EndReason, Session } from "./session.ts";

/** A session is asked for with what the browser's cookie holds. */
export type RefreshRequest = {
  session: Session;
  /** Ask WorkOS also where the token is still good: somebody refused it. */
  force: boolean;
  /** A token for this organization is wanted. */
  organizationId?: string;
  /** From where the session is used, for the person's list of sessions. */
  seen: SeenFrom;
  /** Id of the request that asks: the log lines of a refresh carry the id of the request that started it. */
  requestId: string;
};

/** Device and place of a request, as `sessions` in Convex keeps them. */
export type SeenFrom = { ipAddress: string; userAgent: string; city?: string; country?: string };

export type RefreshAnswer =
  /** The browser's cookie is the newest there is. */
  | { status: "unchanged" }
  /** A newer session, with the very bytes that every straggler writes. */
  | { status: "refreshed"; session: Session; sealed: string }
  | { status: "ended"; reason: EndReason }
  /** WorkOS gives no token for the organization that was asked for. The session stands as it was. */
  | { status: "refused"; code: string | null }
  /** WorkOS could not be asked, or did not answer usably. The session stands. */
  | { status: "unavailable" };

/** Who signed out, and from where; enough to repeat it to Convex until it was heard. */
export type EndRequest = {
  sessionId: string;
  userId: string;
  signedInAt: number;
  ipAddress: string;
  userAgent: string;
  /** Convex knows already: only no token is to be given out any more. */
  told?: boolean;
  /** Id of the request that ends the session, for the log lines of every delivery to Convex. */
  requestId: string;
};

/** The methods of the Durable Object, as its stub has them. */
export interface SessionRefresherMethods {
  refresh(request: RefreshRequest): Promise<RefreshAnswer>;
  /** Ends the session for good, and tells Convex, now or as soon as it answers. */
  end(request: EndRequest): Promise<void>;
  /** Whether this session was ended here; asks nobody. */
  ended(): Promise<EndReason | null>;
}

/** Gives the object of a session by WorkOS's session id. */
export type Refreshers = (sessionId: string) => SessionRefresherMethods;
