/** Sessions that no longer satisfy the configuration of who may enter. */
import { entryProblem } from "../../convex/model/entryRule.ts";
import type { SeenFrom } from "../request/context.ts";
import type { Env } from "../request/env.server.ts";
import type { EndRequest } from "./refresher.server.ts";
import type { Session } from "./session.ts";

/** Returns whether the user of a session may enter, as far as the session tells. */
export function mayEnter({ entryRule }: Pick<Env, "entryRule">, session: Readonly<Session>): boolean {
  return entryProblem(entryRule, { ...session.user, organizationId: session.organizationId }) === null;
}

/** Returns the request that ends a session whose user may no longer enter, also in Convex. */
export function revocationOf(session: Readonly<Session>, seen: SeenFrom, requestId: string): EndRequest {
  const { sessionId, signedInAt, user } = session;
  const { ipAddress, userAgent } = seen;
  return { sessionId, userId: user.id, signedInAt, ipAddress, userAgent, requestId, revoked: true };
}
