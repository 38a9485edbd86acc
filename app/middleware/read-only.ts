/** HEAD and speculative requests change nothing: no sign-in starts, nobody is signed out, nothing is spent. */
import { tokenExpired } from "../auth/session.ts";
import type { Middleware } from "./handler.ts";
import { isDataPath } from "./route-table.ts";

/** Whether a browser asks before anybody has clicked. */
export function isSpeculative(request: Request): boolean {
  return ["Sec-Purpose", "Purpose"].some(
    (name) => request.headers.get(name)?.startsWith("prefetch") ?? false,
  );
}

/** Whether this request may change nothing. */
export function isReadOnly(request: Request): boolean {
  return request.method === "HEAD" || (request.method === "GET" && isSpeculative(request));
}

/** A plain GET of these does something. */
const ACTS_ON_GET = new Set(["/api/auth/login", "/api/auth/logout", "/callback"]);

const nothing = () => new Response(null, { status: 204 });

export const readOnlyRequests: Middleware = (next) => async (request, context) => {
  if (!context.readOnly) return next(request, context);
  if (ACTS_ON_GET.has(context.route.pattern)) return nothing();
  const isPrefetchedData = isDataPath(context.url.pathname) && isSpeculative(request);
  if (isPrefetchedData) {
    const session = await context.auth.open();
    if (session !== null && tokenExpired(session, context.now)) return nothing();
  }
  // React Router runs loaders for HEAD as well; a GET without its body is the same answer.
  const response = await next(
    request.method === "HEAD" ? new Request(request, { method: "GET" }) : request,
    context,
  );
  const headers = new Headers(response.headers);
  if (isPrefetchedData && response.ok) headers.set("Cache-Control", "private, max-age=5");
  if (request.method !== "HEAD") return new Response(response.body, { status: response.status, headers });
  await response.body?.cancel();
  return new Response(null, { status: response.status, headers });
};
