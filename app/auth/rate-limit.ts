/** Applies the rate limit in a route's policy. Signing out has none. */

import type { RequestContext } from "../request/context.ts";
import type { Middleware } from "../request/handler.ts";
import { rejectionResponse } from "../request/rejection-response.ts";
import type { RateLimitPolicy } from "../request/route-policy.ts";
import { readFlowCookie } from "./flow-cookie.server.ts";
import { openFlow } from "./seal.server.ts";

/** Window of the Cloudflare rate limits in seconds. */
const PERIOD_S = 60;

/** What a user reads when a limit is exceeded. */
const WORDS: { [limit in RateLimitPolicy["limit"]]: string } = {
  signIns: "Too many sign-ins were started from here. Please wait a minute, then try again.",
  sessionAsks: "Too many requests in this session. Please wait a minute, then try again.",
  errors: "Too many errors were reported from here. Please wait a minute.",
};

/** A client controls all addresses of its /64 network, which has four groups. */
const IPV6_NETWORK_GROUPS = 4;

/** Returns the address for IPv4, and its /64 network for IPv6. */
export function clientNetwork(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("%", 1)[0]?.split("::") ?? [];
  const groups = head.split(":").filter(Boolean);
  if (tail !== undefined) {
    // A trailing IPv4 address replaces two groups.
    const after = tail.split(":").filter(Boolean);
    const length = after.length + (after.at(-1)?.includes(".") ? 1 : 0);
    while (groups.length + length < 8) groups.push("0");
    groups.push(...after);
  }
  const network = groups.slice(0, IPV6_NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${network.join(":")}::/64`;
}

/** Returns whether this browser started the sign-in that a callback finishes. */
async function isStartedSignIn({ cookies, env, now, url }: RequestContext): Promise<boolean> {
  const state = url.searchParams.get("state") ?? "";
  const sealed = readFlowCookie(env, cookies, state)?.sealed;
  if (sealed === undefined) return false;
  return (await openFlow(sealed, env.cookiePasswords, now))?.state === state;
}

/** Returns the key under which a request is counted. */
async function keyOf(context: RequestContext, { by }: RateLimitPolicy): Promise<string> {
  const session = by === "session" ? await context.auth.open() : null;
  return session ? `session ${session.sessionId}` : `address ${clientNetwork(context.seen.ipAddress)}`;
}

export const rateLimit: Middleware = (next) => async (request, context) => {
  const policy = context.route.policy.rateLimit;
  // A request that `readOnlyRequests` answers does nothing.
  const doesNothing = context.readOnly && context.route.policy.actsOnGet;
  if (policy === null || doesNothing) return next(request, context);
  if (policy.exceptStarted && (await isStartedSignIn(context))) return next(request, context);
  const { success } = await context.limits[policy.limit].limit({ key: await keyOf(context, policy) });
  if (success) return next(request, context);
  const headers = { "Retry-After": String(PERIOD_S) };
  return rejectionResponse(request, context, 429, "rate_limited", WORDS[policy.limit], headers);
};
