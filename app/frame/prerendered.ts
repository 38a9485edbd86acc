/**
 * Serves the prerendered `/about`. Its headers depend on the runtime configuration, so a static headers file
 * cannot set them. The Content Security Policy has the hash of the inline script instead of a nonce.
 */

import { editHeaders } from "../request/edit-headers.ts";
import type { Middleware } from "../request/handler.ts";
import { contentSecurityPolicy, securityHeaders } from "../request/headers.ts";
import { isDataPath } from "../request/route-table.ts";
import staticBanner from "./static-banner.js?raw";

const POLICY = "Content-Security-Policy";

let scriptHash: string | null = null;

/** Returns the hash of the inline script as a source for `script-src`. CSP Level 3, section 2.3.1. */
async function hashSource(): Promise<string> {
  if (scriptHash === null) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(staticBanner));
    scriptHash = `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
  }
  return scriptHash;
}

export const prerendered: Middleware = (next) => async (request, context) => {
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads || context.route.pattern !== "/about") return next(request, context);
  const pathname = isDataPath(context.url.pathname) ? "/about.data" : "/about";
  const asset = await context.assets.fetch(new Request(new URL(pathname, request.url), request));
  // With hot reload there is no prerendered file: the page is rendered, but its script has no nonce either.
  if (!asset.ok && asset.status !== 304) {
    const policy = contentSecurityPolicy(context.env, await hashSource());
    return editHeaders(await next(request, context), (headers) => headers.set(POLICY, policy));
  }
  // Redirect other spellings of the path to the canonical URL.
  if (context.url.pathname !== pathname) {
    const headers = new Headers([...securityHeaders(context.env), ["Location", pathname]]);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Request-Id", context.log.requestId);
    return new Response(null, { status: 308, headers });
  }
  const headers = new Headers(asset.headers);
  for (const [name, value] of securityHeaders(context.env)) headers.set(name, value);
  headers.set(POLICY, contentSecurityPolicy(context.env, await hashSource()));
  headers.set("Cache-Control", "public, max-age=0, must-revalidate");
  return new Response(asset.body, { status: asset.status, headers });
};
