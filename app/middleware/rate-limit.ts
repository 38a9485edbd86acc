/** How often one client may start sign-ins or tell of errors, and one session may ask for its token. Signing out is never limited. */
import { readFlowCookie } from "../auth/flow-cookie.server.ts";
import type { RequestContext } from "../context.ts";
import type { Middleware } from "./handler.ts";
import { refusalAnswer } from "./refusal-answer.ts";

/** Cloudflare's counters count by the minute. */
const PERIOD_S = 60;

/** An IPv6 network of one customer has 64 bits of its own, and a client all addresses in it. */
const IPV6_GROUPS_OF_A_NETWORK = 4;

/** @returns What an address counts as: itself, for IPv6 its /64. */
export function clientNetwork(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("%", 1)[0]?.split("::") ?? [];
  const groups = head.split(":").filter(Boolean);
  if (tail !== undefined) {
    // An IPv4 address at the end stands for two groups.
    const after = tail.split(":").filter(Boolean);
    const length = after.length + (after.at(-1)?.includes(".") ? 1 : 0);
    while (groups.length + length < 8) groups.push("0");
    groups.push(...after);
  }
  const network = groups.slice(0, IPV6_GROUPS_OF_A_NETWORK).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${network.join(":")}::/64`;
}

type Count = { limit: "signIns" | "sessionAsks" | "errors"; key: string };

/** @returns What this request counts towards, or null. */
async function countOf(context: RequestContext): Promise<Count | null> {
  const network = () => `address ${clientNetwork(context.seen.ipAddress)}`;
  switch (context.route.pattern) {
    case "/api/auth/login":
      return { limit: "signIns", key: network() };
    case "/callback": {
      // Whoever started a sign-in here has been counted for it.
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
