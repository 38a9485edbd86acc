/** Returns the current user and session, for scripts and other tabs. */
import { api } from "../../convex/_generated/api.js";
import { definePage } from "../data/define-page.server.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/api.auth.session";

export const handle = {
  rateLimit: { limit: "sessionAsks", by: "session" },
  rejections: "json",
} satisfies RoutePolicy;

const page = definePage(api.pages.shell);
export const middleware = page.middleware;

export async function loader(args: Route.LoaderArgs) {
  const { user, session, data } = await page.optional(args);
  if (user === null) return Response.json({ user });
  const { sessionId, role, organizationId, expiresAt, impersonator } = session;
  // In a header, because only tabs with pending edits need to know that Convex is down.
  const headers: HeadersInit = data === null ? { "X-Data-Missing": "1" } : {};
  return Response.json({ user, sessionId, role, organizationId, expiresAt, impersonator }, { headers });
}
