/** The wrong method is told so before any route runs, with what the right ones are. */
import type { Middleware } from "./handler.ts";

const PAGE_LIKE = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

export const methodCheck: Middleware = (next) => async (request, context) => {
  const { pathname } = new URL(request.url);
  const { pattern, methods } = context.route;
  if (methods.includes(request.method)) return next(request, context);
  if (pattern === "*" && !PAGE_LIKE.has(request.method)) {
    // React Router knows no such method; there is nothing here for any of them.
    return next(new Request(request.url, { headers: request.headers }), context);
  }
  const json = pathname.startsWith("/api/");
  return new Response(
    json ? JSON.stringify({ error: "method_not_allowed" }) : `Use ${methods.join(" or ")} here.`,
    {
      status: 405,
      headers: {
        Allow: methods.join(", "),
        "Content-Type": json ? "application/json" : "text/plain; charset=utf-8",
        "Cache-Control": "no-store",
      },
    },
  );
};
