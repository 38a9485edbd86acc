/** The one place that gives out the access token, to our own pages only: for Convex. */
import * as v from "valibot";
import { requestContext } from "../context.ts";
import type { Route } from "./+types/api.auth.token";

/** A token is given out with at least this long to live. */
const USABLE_MS = 30_000;
const RETRY_AFTER_S = 2;

const bodySchema = v.object({ forceRefresh: v.optional(v.boolean(), false) });

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });

/** @returns Whether a new token is wanted, or null where the body is not of this form. An empty one is no wish. */
async function readBody(request: Request): Promise<boolean | null> {
  const text = await request.text();
  if (text.trim() === "") return false;
  try {
    return v.parse(bodySchema, JSON.parse(text)).forceRefresh;
  } catch {
    return null;
  }
}

export async function action({ request, context }: Route.ActionArgs) {
  const { auth, now } = context.get(requestContext);
  if ((await auth.open()) === null) return json({ error: "signed_out" }, 401);
  const force = await readBody(request);
  if (force === null) return json({ error: "invalid" }, 400);
  const { current, answer } = await auth.askRefresher(force);
  if (current === null) {
    return json({ error: auth.endReason === "session_expired" ? "session_expired" : "signed_out" }, 401);
  }
  const { accessToken, accessTokenExpiresAt } = current.session;
  const asked = force && answer?.status !== "refreshed";
  if (asked || accessTokenExpiresAt - now < USABLE_MS) {
    return json({ error: "unavailable" }, 503, { "Retry-After": String(RETRY_AFTER_S) });
  }
  return json({ token: accessToken, expiresAt: accessTokenExpiresAt });
}
