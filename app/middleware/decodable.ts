/** There is nothing at an address that cannot be decoded, and React Router would say so on the console with the path. */
import type { Middleware } from "./handler.ts";

/** @returns Whether a path's percent-encoding stands for text. */
function isDecodable(pathname: string): boolean {
  try {
    // The result is looked at, because the minifier takes a bare call for one without effect.
    return decodeURI(pathname).startsWith("/");
  } catch {
    return false;
  }
}

export const decodablePath: Middleware = (next) => (request, context) => {
  const { pathname, origin } = context.url;
  if (isDecodable(pathname)) return next(request, context);
  const nowhere = pathname.startsWith("/api/") ? "/api/undecodable" : "/undecodable";
  return next(new Request(origin + nowhere, request), context);
};
