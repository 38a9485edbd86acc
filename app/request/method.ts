/** Rejects unsupported methods with 405 and an `Allow` header before any route runs. */
import type { Middleware } from "./handler.ts";
import { rejectionResponse } from "./rejection-response.ts";

const ROUTER_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

export const methodCheck: Middleware = (next) => async (request, context) => {
  const { pattern, methods } = context.route;
  if (methods.includes(request.method)) return next(request, context);
  if (pattern === "*" && !ROUTER_METHODS.has(request.method)) {
    // React Router does not support these methods. A GET makes it return its 404 page.
    return next(new Request(request.url, { headers: request.headers }), context);
  }
  const words = `Use ${methods.join(" or ")} here.`;
  return rejectionResponse(request, context, 405, "method_not_allowed", words, { Allow: methods.join(", ") });
};
