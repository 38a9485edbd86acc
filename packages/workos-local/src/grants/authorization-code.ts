/** `grant_type=authorization_code`: exchanges a code once, within ten minutes, with its PKCE verifier. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { oauthError } from "../errors.ts";
import { formatSession } from "../formats.ts";
import { verifierMatches } from "../pkce.ts";
import { parseGrant, type WorkOSRequest } from "../request.ts";
import { type Outcome, throwOutcome } from "../sign-in-outcomes.ts";
import type { SignIn } from "../store/session-store.ts";
import { authenticated } from "../tokens-for-session.ts";

/** The sign-in that a code stands for. */
export type AuthorizationCode = {
  userId: string;
  codeChallenge: string | null;
  signIn: SignIn;
  outcome: Outcome;
};

const Fields = v.object({
  code: v.pipe(v.string(), v.nonEmpty()),
  code_verifier: v.optional(v.string()),
  ip_address: v.optional(v.string()),
  user_agent: v.optional(v.string()),
});

/** Exchanges a code for a session with tokens. */
export function exchangeCode(
  context: WorkOSContext,
  request: WorkOSRequest,
  fields: Record<string, unknown>,
): unknown {
  const { code, code_verifier, ip_address, user_agent } = parseGrant(Fields, fields);
  const { store } = context;
  const invalid = oauthError("invalid_grant", `The code '${code}' has expired or is invalid.`);
  // Spent before any check, so that a code can be presented only once.
  const granted = store.oneTimeTokens.spend<AuthorizationCode>("authorization_code", code);
  if (!granted) throw invalid;
  if (granted.codeChallenge !== null && !verifierMatches(code_verifier ?? "", granted.codeChallenge))
    throw invalid;
  const user = store.users.byId(granted.userId);
  if (!user) throw invalid;
  throwOutcome(context, granted.outcome, user);
  return store.transaction(() => {
    const session = store.sessions.start(user.id, {
      ...granted.signIn,
      ipAddress: ip_address ?? granted.signIn.ipAddress,
      userAgent: user_agent ?? granted.signIn.userAgent,
    });
    context.emit("session.created", formatSession(session));
    return authenticated(context, request, store.users.signedIn(user), session);
  });
}
