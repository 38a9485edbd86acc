/** Returns the access token for Convex to the app's own pages. No other route does. */
import * as v from "valibot";
import type { Session } from "../auth/session.ts";
import { syncIfPending } from "../auth/sync-user.server.ts";
import { type RequestContext, requestContext } from "../request/context.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { readTheme } from "../request/theme-cookie.server.ts";
import type { Route } from "./+types/api.auth.token";

export const handle = {
  rateLimit: { limit: "sessionAsks", by: "session" },
  rejections: "json",
} satisfies RoutePolicy;

/** Minimum remaining lifetime of a returned token. */
const MIN_LIFETIME_MS = 30_000;
const RETRY_AFTER_S = 5;

const bodySchema = v.object({ forceRefresh: v.optional(v.boolean(), false) });

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });

/** Returns `forceRefresh` from the body, false for an empty body, or null for an invalid one. */
async function readBody(request: Request): Promise<boolean | null> {
  const text = await request.text();
  if (text.trim() === "") return false;
  try {
    return v.parse(bodySchema, JSON.parse(text)).forceRefresh;
  } catch {
    return null;
  }
}

/** Convex rejects the token of a user that it does not know, so a pending sync comes first. */
async function sync(
  call: RequestContext,
  session: Readonly<Session>,
): Promise<"synced" | "barred" | "unavailable"> {
  const { auth, cookies, deadline, env } = call;
  const seen = () => call.seen;
  try {
    await syncIfPending(auth, { env, session, seen, theme: readTheme(env, cookies), signal: deadline });
    return "synced";
  } catch (error) {
    if (error instanceof ConvexCallError) return "unavailable";
    if (error instanceof RejectedError) return error.code === "unauthenticated" ? "barred" : "unavailable";
    throw error;
  }
}

const unavailable = () => json({ error: "unavailable" }, 503, { "Retry-After": String(RETRY_AFTER_S) });

export async function action({ request, context }: Route.ActionArgs) {
  const call = context.get(requestContext);
  const { auth } = call;
  if ((await auth.open()) === null) return json({ error: "signed_out" }, 401);
  const force = await readBody(request);
  if (force === null) return json({ error: "invalid" }, 400);
  const { current, answer } = await auth.askRefresher(force, MIN_LIFETIME_MS);
  if (current === null) {
    return json({ error: auth.endReason === "session_expired" ? "session_expired" : "signed_out" }, 401);
  }
  const { accessToken, accessTokenExpiresAt } = current.session;
  const notRefreshed = force && answer?.status !== "refreshed";
  // At the response: waiting for WorkOS and Convex takes time.
  const isTooOld = () => accessTokenExpiresAt - Date.now() < MIN_LIFETIME_MS;
  if (notRefreshed || isTooOld()) return unavailable();
  const outcome = await sync(call, current.session);
  if (outcome === "unavailable" || (outcome === "synced" && isTooOld())) return unavailable();
  if (outcome === "barred") {
    await auth.endAsInConvex();
    return json({ error: "signed_out" }, 401);
  }
  return json({ token: accessToken, expiresAt: accessTokenExpiresAt });
}
