import { RouterContextProvider, type ServerBuild } from "react-router";
import { describe, expect, it } from "vitest";
import { createRouters } from "./routers.ts";

const answers = (text: string) => ({ loader: () => new Response(text) });

function buildOf(routes: { id: string; path: string; parentId?: string; module: object }[]): ServerBuild {
  const byId = Object.fromEntries(routes.map((route) => [route.id, route]));
  return {
    entry: { module: { default: () => new Response("a page"), handleError: () => undefined } },
    routes: byId,
    assets: { routes: {} },
    basename: "/",
    future: {},
    ssr: true,
    prerender: [],
    routeDiscovery: { mode: "initial", manifestPath: "/__manifest" },
  } as unknown as ServerBuild;
}

const build = buildOf([
  { id: "root", path: "", module: {} },
  { id: "team", path: "team", parentId: "root", module: {} },
  { id: "person", path: ":name", parentId: "team", module: answers("a person") },
  { id: "log", path: "log", parentId: "root", module: answers("the log") },
]);
const routerOf = createRouters(build, "production");
const ask = async (id: string | null, path: string) => {
  const answer = await routerOf(id)(new Request(`http://localhost${path}`), new RouterContextProvider());
  return `${answer.status} ${await answer.text()}`;
};

describe("a router for each route", () => {
  it("handles its own route with the route's parents", async () => {
    expect(await ask("person", "/team/grace")).toBe("200 a person");
    expect(await ask("log", "/log")).toBe("200 the log");
  });

  it("does not handle other routes", async () => {
    expect(await ask("log", "/team/grace")).not.toContain("a person");
    expect(await ask("person", "/log")).not.toContain("the log");
  });

  it("handles all routes if the route is unknown", async () => {
    expect(await ask(null, "/team/grace")).toBe("200 a person");
    expect(await ask(null, "/log")).toBe("200 the log");
  });

  it("is created once", () => {
    expect(routerOf("log")).toBe(routerOf("log"));
  });
});
