/** Keeps HEAD and speculative requests free of side effects. */
import type { Middleware } from "../request/handler.ts";
import { isDataPath } from "../request/route-table.ts";
import { tokenExpired } from "./session.ts";

const isPrefetch = (request: Request, header: "Sec-Purpose" | "Purpose") =>
  request.headers.get(header)?.startsWith("prefetch") ?? false;

/** Returns whether a request is a prefetch, sent before the user navigates. */
export function isSpeculative(request: Request): boolean {
  return isPrefetch(request, "Sec-Purpose") || isPrefetch(request, "Purpose");
}

/** Returns whether a request must not have side effects. */
export function isReadOnly(request: Request): boolean {
  return request.method === "HEAD" || (request.method === "GET" && isSpeculative(request));
}

const noContent = () => new Response(null, { status: 204 });

export const readOnlyRequests: Middleware = (next) => async (request, context) => {
  if (!context.readOnly) return next(request, context);
  if (context.route.policy.actsOnGet) return noContent();
  const isPrefetchedData = isDataPath(context.url.pathname) && isSpeculative(request);
  if (isPrefetchedData) {
    const session = await context.auth.open();
    if (session !== null && tokenExpired(session, context.now)) return noContent();
  }
  // React Router runs loaders for HEAD too, so handle it as a GET and drop the body.
  const response = await next(
    request.method === "HEAD" ? new Request(request, { method: "GET" }) : request,
    context,
  );
  const headers = new Headers(response.headers);
  const mayBeKept = isPrefetchedData && response.ok && isPrefetch(request, "Sec-Purpose");
  if (mayBeKept) headers.set("Cache-Control", "private, max-age=5");
  if (request.method !== "HEAD") return new Response(response.body, { status: response.status, headers });
  await response.body?.cancel();
  return new Response(null, { status: response.status, headers });
};
