/** Allows cross-origin calls (CORS) to the routes whose policy says so; to nothing else. */
import type { Middleware } from "./handler.ts";

const ALLOWED = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Retry-After, X-Request-Id",
};

export const cors: Middleware = (next) => async (request, context) => {
  if (!context.route.policy.crossOrigin) return next(request, context);
  const preflight = request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
  const response = preflight ? new Response(null, { status: 204 }) : await next(request, context);
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ALLOWED)) headers.set(name, value);
  if (preflight) {
    headers.set("Access-Control-Allow-Methods", "GET, POST");
    headers.set(
      "Access-Control-Allow-Headers",
      "Authorization, Content-Encoding, Content-Type, Idempotency-Key",
    );
    headers.set("Access-Control-Max-Age", "86400");
  }
  return new Response(response.body, { status: response.status, headers });
};
