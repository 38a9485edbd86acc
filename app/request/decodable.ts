/**
 * Replaces paths that React Router must not see: it would log those that cannot be decoded with their content, and
 * run the route of `/api/x` for the unknown path `/api/x.data`.
 */
import type { Middleware } from "./handler.ts";

/** Returns whether a path has valid percent-encoding. */
function isDecodable(pathname: string): boolean {
  try {
    // The minifier removes the call if its result is unused.
    return decodeURI(pathname).startsWith("/");
  } catch {
    return false;
  }
}

export const decodablePath: Middleware = (next) => (request, context) => {
  const { pathname, origin } = context.url;
  const { id, base } = context.route;
  const isUnknownData = id === null && base !== "/" && pathname.endsWith(".data");
  if (isDecodable(pathname) && !isUnknownData) return next(request, context);
  return next(new Request(`${origin}${base}undecodable`, request), context);
};
