/** Rate limits for sign-ins and error reports by network, and for token requests by session. */

import type { RequestContext } from "../request/context.ts";
import type { Middleware } from "../request/handler.ts";
import { refusalAnswer } from "../request/refusal-answer.ts";
import { readFlowCookie } from "./flow-cookie.server.ts";

/** Window of the Cloudflare rate limits in seconds. */
const PERIOD_S = 60;

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

type Count = { limit: "signIns" | "sessionAsks" | "errors"; key: string };

/** Returns the limit and key for this request, or null if it is not limited. Signing out never is. */
async function countOf(context: RequestContext): Promise<Count | null> {
  const network = () => `address ${clientNetwork(context.seen.ipAddress)}`;
  switch (context.route.pattern) {
    case "/api/auth/login":
      return { limit: "signIns", key: network() };
    case "/callback": {
      // A started sign-in has already been counted.
      const state = context.url.searchParams.get("state") ?? "";
      const started = readFlowCookie(context.env, context.cookies, state) !== null;
      return started ? null : { limit: "signIns", key: network() };
    }
    case "/api/auth/session":
    case "/api/auth/token": {
      const session = await context.auth.open();
      return { limit: "sessionAsks", key: session ? `session ${session.sessionId}` : network() };
    }
    case "/api/errors":
      return { limit: "errors", key: network() };
    default:
      return null;
  }
}

export const rateLimit: Middleware = (next) => async (request, context) => {
  const count = await countOf(context);
  if (count === null) return next(request, context);
  const { success } = await context.limits[count.limit].limit({ key: count.key });
  if (success) return next(request, context);
  const words = "Too many sign-ins were started from here. Please wait a minute, then try again.";
  return refusalAnswer(request, 429, "rate_limited", words, { "Retry-After": String(PERIOD_S) });
};
