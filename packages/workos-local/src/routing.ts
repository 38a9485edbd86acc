/** Which function answers which method and path. */
import type { WorkosContext } from "./context.ts";
import type { Reply } from "./reply.ts";
import type { WorkosRequest } from "./request.ts";

/**
 * Who may call: `key` asks for the API key as WorkOS does, `public` for nothing,
 * `local` for a caller on this machine that no foreign web page drives.
 */
export type Access = "key" | "public" | "local";

export type Handler = (context: WorkosContext, request: WorkosRequest, ids: string[]) => Reply;

export type Route = { method: string; pattern: string; access: Access; handle: Handler };

/** A pattern such as `/user_management/users/:id`; the parts that begin with a colon come to the handler in order. */
export const route =
  (access: Access) =>
  (method: string, pattern: string, handle: Handler): Route => ({ method, pattern, access, handle });

/** The route for a request, with its ids decoded; null where there is none. */
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
