/**
 * Rejects writes from other origins. `SameSite=Lax` already removes cookies from cross-site posts; this also
 * covers sibling subdomains.
 */
import type { Middleware } from "./handler.ts";
import { rejectionResponse } from "./rejection-response.ts";

const WRITES = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Returns why a request counts as cross-origin.
 *
 * @param appUrl - The app's origin. `request.url` is not reliable, because TLS may end before the worker.
 * @returns The header that shows it, or null. A request without both headers is not from a browser.
 */
export function crossOriginReason(request: Request, appUrl: string): "origin" | "site" | null {
  if (!WRITES.has(request.method)) return null;
  const origin = request.headers.get("Origin");
  if (origin !== null) return origin === appUrl ? null : "origin";
  const site = request.headers.get("Sec-Fetch-Site");
  return site === null || site === "same-origin" || site === "none" ? null : "site";
}

export const sameOrigin: Middleware = (next) => async (request, context) => {
  const { crossOrigin } = context.route.policy;
  if (crossOrigin || crossOriginReason(request, context.env.appUrl) === null) return next(request, context);
  const words = "This request came from another site, so nothing was done. Use Mosaic's own pages.";
  return rejectionResponse(request, context, 403, "cross_origin", words);
};
