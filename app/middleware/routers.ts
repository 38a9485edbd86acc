/**
 * A React Router for each route. Its request handler goes through all routes of its build several times a request, to
 * match them and to make them anew for rendering; which one is wanted is known here already, so it gets a build of
 * that one. All of it is React Router's public interface.
 */
import { createRequestHandler, type RequestHandler, type ServerBuild } from "react-router";

/** A route and what it lies in. */
function branchOf(build: ServerBuild, id: string): ServerBuild {
  const within = new Set<string | undefined>();
  for (let at: string | undefined = id; at !== undefined; at = build.routes[at]?.parentId) within.add(at);
  const only = <T>(routes: Record<string, T>) =>
    Object.fromEntries(Object.entries(routes).filter(([routeId]) => within.has(routeId)));
  return {
    ...build,
    routes: only(build.routes),
    assets: { ...build.assets, routes: only(build.assets.routes) },
  };
}

/**
 * @param build React Router's server build; an object, for with a function it derives all routes on each request.
 * @returns The handler for a route's requests, by its id; for null one that knows all routes.
 */
export function createRouters(build: ServerBuild, mode: string): (id: string | null) => RequestHandler {
  const all = createRequestHandler(build, mode);
  const routers = new Map<string, RequestHandler>();
  return (id) => {
    if (id === null) return all;
    let router = routers.get(id);
    if (router === undefined) {
      router = createRequestHandler(branchOf(build, id), mode);
      routers.set(id, router);
    }
    return router;
  };
}
