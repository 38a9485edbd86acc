/** The caller of a function, from the verified token alone. */
import type { QueryCtx } from "../_generated/server";
import { workosClientId } from "./environment.ts";
import { rejection } from "./rejection.ts";

/** The claims of the token. Nothing here comes from an argument. */
export type Caller = {
  workosUserId: string;
  /** WorkOS session id (claim `sid`). */
  sessionId: string;
  /** The claim `org_id`. */
  organizationId: string | null;
  /** The claim `role`, unchecked. */
  roleClaim: unknown;
  /** E-mail of the impersonator (claim `act.sub`); null if the user signed in themselves. */
  impersonator: string | null;
};

/**
 * Returns the caller, or null if the call had no token.
 *
 * @throws `unauthenticated` for a token without a session id or for another client.
 */
export async function readCaller(ctx: Pick<QueryCtx, "auth">): Promise<Caller | null> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) return null;
  const text = (claim: unknown) => (typeof claim === "string" && claim !== "" ? claim : null);
  // A missing claim is accepted: the key set belongs to our client alone.
  const clientId = text(identity.client_id);
  if (clientId !== null && clientId !== workosClientId())
    throw rejection("unauthenticated", "This access token is for another client.");
  const sessionId = text(identity.sid);
  // Such a token could not be revoked.
  if (sessionId === null) throw rejection("unauthenticated", "Please sign in.");
  return {
    workosUserId: identity.subject,
    sessionId,
    organizationId: text(identity.org_id),
    roleClaim: identity.role,
    impersonator: text(identity["act.sub"]),
  };
}

/**
 * Rejects a call while the user is impersonated.
 *
 * @throws `forbidden` with the reason.
 */
export function rejectImpersonator({ impersonator }: Pick<Caller, "impersonator">): void {
  if (impersonator !== null)
    throw rejection("forbidden", "You are acting as another user. Only the user themselves may do this.");
}
