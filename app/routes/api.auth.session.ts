/** Returns the current user and session, for scripts and other tabs. */
import { api } from "../../convex/_generated/api.js";
import { sessionInfo } from "../auth/session.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/api.auth.session";

export const handle = {
  rateLimit: { limit: "sessionAsks", by: "session" },
  rejections: "json",
} satisfies RoutePolicy;

export async function loader({ context }: Route.LoaderArgs) {
  const { page } = context.get(requestContext);
  page.use(api.pages.shell, {});
  const result = await page.result();
  if (result === null || result.status === "signed_out") return Response.json({ user: null });
  const { sessionId, role, organizationId, expiresAt } = sessionInfo(result.session);
  // In a header, because only tabs with pending edits need to know that Convex is down.
  const headers: HeadersInit = result.status === "unavailable" ? { "X-Data-Missing": "1" } : {};
  return Response.json(
    { user: result.session.user, sessionId, role, organizationId, expiresAt },
    { headers },
  );
}
