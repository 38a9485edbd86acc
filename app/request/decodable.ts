/** Replaces paths that cannot be decoded, because React Router would log them with their content. */
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
  if (isDecodable(pathname)) return next(request, context);
  return next(new Request(`${origin}${context.route.base}undecodable`, request), context);
};
