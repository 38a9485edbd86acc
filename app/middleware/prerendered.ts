/** `/about` is the same bytes for everyone, made at build; only its headers come from the running configuration. */
import type { Middleware } from "./handler.ts";

const PATHS = new Set(["/about", "/about.data"]);

export const prerendered: Middleware = (next) => async (request, context) => {
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads || !PATHS.has(new URL(request.url).pathname)) return next(request, context);
  const asset = await context.assets.fetch(new URL(new URL(request.url).pathname, request.url), {
    method: request.method,
  });
  if (!asset.ok) return next(request, context);
  const headers = new Headers(asset.headers);
  headers.set("Cache-Control", "public, max-age=0, must-revalidate");
  return new Response(asset.body, { status: asset.status, headers });
};
