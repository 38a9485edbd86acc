/** Security and caching headers of every response. */

import { editHeaders } from "./edit-headers.ts";
import type { Env } from "./env.server.ts";
import type { Middleware } from "./handler.ts";

/** Hot reload injects inline styles and uses a WebSocket. */
const HOT_RELOAD = import.meta.env.DEV;

/**
 * Returns the `Content-Security-Policy` of a page.
 *
 * @param scriptSource - Source expression of the inline scripts: a nonce or a hash.
 */
export function contentSecurityPolicy(env: Env, scriptSource: string): string {
  const convex = env.convexUrl;
  const policy = {
    "default-src": ["'none'"],
    "script-src": ["'self'", scriptSource],
    "style-src": ["'self'", ...(HOT_RELOAD ? ["'unsafe-inline'"] : [])],
    "img-src": ["'self'", "data:", "https:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", convex, convex.replace(/^http/, "ws"), ...(HOT_RELOAD ? ["ws:"] : [])],
    "manifest-src": ["'self'"],
    "form-action": ["'self'", env.workosApiUrl],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    ...(env.secure ? { "upgrade-insecure-requests": [] } : {}),
  };
  return Object.entries(policy)
    .map(([directive, sources]) => [directive, ...sources].join(" "))
    .join("; ");
}

const PERMISSIONS = ["camera", "microphone", "geolocation", "payment", "usb", "browsing-topics"]
  .map((feature) => `${feature}=()`)
  .join(", ");

const TWO_YEARS_S = 63_072_000;

/** Default `Retry-After` of a 503, in seconds. */
const RETRY_AFTER_S = "5";

/** Returns the headers that every kind of response has. */
export function securityHeaders(env: Env): [name: string, value: string][] {
  return [
    ["X-Content-Type-Options", "nosniff"],
    ["Referrer-Policy", "strict-origin-when-cross-origin"],
    ["Permissions-Policy", PERMISSIONS],
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
    ["X-Frame-Options", "DENY"],
    ...(env.secure
      ? [["Strict-Transport-Security", `max-age=${TWO_YEARS_S}; includeSubDomains`] as [string, string]]
      : []),
  ];
}

/** Makes a response private unless it sets `Cache-Control`; always private if it sets a cookie. */
function setCaching(headers: Headers): void {
  if (!headers.has("Cache-Control") || headers.has("Set-Cookie")) {
    headers.set("Cache-Control", "private, no-store");
  }
  if (!headers.get("Cache-Control")?.startsWith("public")) headers.append("Vary", "Cookie");
}

export const responseHeaders: Middleware = (next) => async (request, context) => {
  const response = await next(request, context);
  return editHeaders(response, (headers) => {
    // React Router drops the headers that an action sets for its page.
    if (response.status === 503 && !headers.has("Retry-After")) headers.set("Retry-After", RETRY_AFTER_S);
    headers.set("X-Request-Id", context.log.requestId);
    for (const [name, value] of securityHeaders(context.env)) headers.set(name, value);
    if (headers.get("Content-Type")?.startsWith("text/html")) {
      headers.set("Content-Security-Policy", contentSecurityPolicy(context.env, `'nonce-${context.nonce}'`));
    }
    setCaching(headers);
  });
};
