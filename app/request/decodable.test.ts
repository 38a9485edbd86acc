import { expect, it } from "vitest";
import type { RequestContext } from "./context.ts";
import { decodablePath } from "./decodable.ts";
import { createRouteTable } from "./route-table.ts";

const routeOf = createRouteTable({
  rest: { id: "rest", path: "*", module: {} },
  api: { id: "api", path: "api/*", module: {} },
  note: { id: "note", path: "notes/:id", module: {} },
});

/** Returns the path that the middleware passes on. */
async function pathInside(path: string): Promise<string> {
  const inside = decodablePath(async (request) => new Response(new URL(request.url).pathname));
  const url = new URL(path, "http://localhost");
  return (await inside(new Request(url), { url, route: routeOf(url.pathname) } as RequestContext)).text();
}

it.each([
  ["/", "/"],
  ["/a%20b", "/a%20b"],
  ["/%zz", "/undecodable"],
  ["/%", "/undecodable"],
  ["/notes/%FF", "/undecodable"],
  ["/api/%E0%A4%A", "/api/undecodable"],
  ["/api/x.data", "/api/undecodable"],
  ["/notes/x.data", "/notes/x.data"],
  ["/x.data", "/x.data"],
])("passes %s on as %s", async (path, inside) => {
  expect(await pathInside(path)).toBe(inside);
});
