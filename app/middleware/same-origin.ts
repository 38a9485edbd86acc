/**
 * Nobody's page but ours may write. `SameSite=Lax` keeps cookies out of cross-site posts; this also stops a sibling
 * subdomain, and says so before any route runs.
 */
import type { Middleware } from "./handler.ts";
import { refusalAnswer } from "./refusal-answer.ts";

const WRITES = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Reads no cookie, so there is nothing to protect: agents call it from anywhere. */
const EXEMPT = /^\/api\/v1\//;

/**
 * @param appUrl The origin of the app; `request.url` is not believed, since TLS may end before the worker.
 * @returns Why a request is refused, or null. Neither header means that no browser sent it.
 */
export function crossOriginReason(request: Request, appUrl: string): "origin" | "site" | null {
  if (!WRITES.has(request.method) || EXEMPT.test(new URL(request.url).pathname)) return null;
  const origin = request.headers.get("Origin");
  if (origin !== null) return origin === appUrl ? null : "origin";
  const site = request.headers.get("Sec-Fetch-Site");
  return site === null || site === "same-origin" || site === "none" ? null : "site";
}

export const sameOrigin: Middleware = (next) => async (request, context) => {
  if (crossOriginReason(request, context.env.appUrl) === null) return next(request, context);
  const words = "This request came from another site, so nothing was done. Use Mosaic's own pages.";
  return refusalAnswer(request, 403, "cross_origin", words);
};
