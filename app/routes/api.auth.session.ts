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
  // In headers, because few callers need them: tabs with pending edits, and the banner of `/about`.
  const headers: Record<string, string> = {};
  if (data === null) headers["X-Data-Missing"] = "1";
  if (data?.viewer?.role === "admin") headers["X-Admin"] = "1";
  return Response.json({ user, sessionId, role, organizationId, expiresAt, impersonator }, { headers });
}
