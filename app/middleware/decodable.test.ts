import { expect, it } from "vitest";
import type { RequestContext } from "../context.ts";
import { decodablePath } from "./decodable.ts";

/** The path that the handler inside is asked for. */
async function pathInside(path: string): Promise<string> {
  const inside = decodablePath(async (request) => new Response(new URL(request.url).pathname));
  const url = new URL(path, "http://localhost");
  return (await inside(new Request(url), { url } as RequestContext)).text();
}

it.each([
  ["/", "/"],
  ["/a%20b", "/a%20b"],
  ["/%zz", "/undecodable"],
  ["/%", "/undecodable"],
  ["/projects/%FF", "/undecodable"],
  ["/api/%E0%A4%A", "/api/undecodable"],
])("%s is asked for as %s", async (path, inside) => {
  expect(await pathInside(path)).toBe(inside);
});
