/**
 * Serves prerendered pages. Their headers depend on the runtime configuration, so a static headers file
 * cannot set them. The Content Security Policy has the hash of the inline script instead of a nonce.
 */

import { editHeaders } from "../request/edit-headers.ts";
import type { Middleware } from "../request/handler.ts";
import { contentSecurityPolicy, securityHeaders } from "../request/headers.ts";
import { isDataPath } from "../request/route-table.ts";
import staticBanner from "./static-banner.js?raw";

const CSP = "Content-Security-Policy";

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
  const { pattern, policy } = context.route;
  if (!reads || !policy.sameForEveryone) return next(request, context);
  const pathname = isDataPath(context.url.pathname) ? `${pattern}.data` : pattern;
  const asset = await context.assets.fetch(new Request(new URL(pathname, request.url), request));
  // With hot reload there is no prerendered file: the page is rendered, but its script has no nonce either.
  if (!asset.ok && asset.status !== 304) {
    const csp = contentSecurityPolicy(context.env, await hashSource());
    return editHeaders(await next(request, context), (headers) => headers.set(CSP, csp));
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
  headers.set(CSP, contentSecurityPolicy(context.env, await hashSource()));
  headers.set("Cache-Control", "public, max-age=0, must-revalidate");
  return new Response(asset.body, { status: asset.status, headers });
};
