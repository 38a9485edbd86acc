/**
 * One React Router handler for each route, whose build contains only that route and its parents. React
 * Router's handler iterates over all routes of its build several times per request. See
 * docs/decisions/005-a-router-for-each-route.md.
 */
import { createRequestHandler, type RequestHandler, type ServerBuild } from "react-router";

/** Returns a build with only a route and its parents. */
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
 * Returns a function that returns the handler of a route.
 *
 * @param build - React Router's server build. An object, because a function is evaluated on each request.
 * @param mode - React Router's server mode, such as `production`.
 * @returns The handler by route id; for null, a handler with all routes.
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
