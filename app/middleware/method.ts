/** The wrong method is told so before any route runs, with what the right ones are. */
import type { Middleware } from "./handler.ts";
import { refusalAnswer } from "./refusal-answer.ts";

const PAGE_LIKE = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

export const methodCheck: Middleware = (next) => async (request, context) => {
  const { pattern, methods } = context.route;
  if (methods.includes(request.method)) return next(request, context);
  if (pattern === "*" && !PAGE_LIKE.has(request.method)) {
    // React Router knows no such method; there is nothing here for any of them.
    return next(new Request(request.url, { headers: request.headers }), context);
  }
  const words = `Use ${methods.join(" or ")} here.`;
  return refusalAnswer(request, 405, "method_not_allowed", words, { Allow: methods.join(", ") });
};
