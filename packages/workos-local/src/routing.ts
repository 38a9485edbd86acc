/** Finds the route of a request. */
import type { WorkOSContext } from "./context.ts";
import type { Reply } from "./reply.ts";
import type { WorkOSRequest } from "./request.ts";

/**
 * Who can call a route: `key` needs the API key, `public` needs nothing, `local` needs a local program and not a web
 * page, `own-page` a form of the emulator's own page.
 */
export type Access = "key" | "public" | "local" | "own-page";

export type Handler = (context: WorkOSContext, request: WorkOSRequest, ids: string[]) => Reply;

export type Route = { method: string; pattern: string; access: Access; handle: Handler };

/** Returns a route. A handler gets the segments of a pattern such as `/users/:id` that begin with a colon, in order. */
export const route =
  (access: Access) =>
  (method: string, pattern: string, handle: Handler): Route => ({ method, pattern, access, handle });

/** Returns the route of a request with its decoded ids, or null if there is none. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; ids: string[] } | null {
  const wanted = method === "HEAD" ? "GET" : method;
  for (const candidate of routes) {
    if (candidate.method !== wanted) continue;
    const ids = match(candidate.pattern, path);
    if (ids) return { route: candidate, ids };
  }
  return null;
}

function match(pattern: string, path: string): string[] | null {
  const expected = pattern.split("/");
  const given = path.split("/");
  if (expected.length !== given.length) return null;
  const ids: string[] = [];
  for (const [index, part] of expected.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) {
      const id = decode(value);
      if (!id) return null;
      ids.push(id);
    } else if (part !== value) return null;
  }
  return ids;
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
