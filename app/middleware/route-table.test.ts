import { describe, expect, it } from "vitest";
import { createRouteTable, pagePath } from "./route-table.ts";

const page = { default: () => null };
const routeOf = createRouteTable({
  root: { id: "root", path: "", module: { ...page, loader: () => null, action: () => null } },
  home: { id: "home", parentId: "root", index: true, module: { ...page } },
  dashboard: {
    id: "dashboard",
    parentId: "root",
    path: "dashboard",
    module: { ...page, loader: () => null, action: () => null },
  },
  project: { id: "project", parentId: "root", path: "projects/:id", module: { ...page } },
  switch: { id: "switch", parentId: "root", path: "switch", module: { ...page, action: () => null } },
  token: { id: "token", parentId: "root", path: "api/auth/token", module: { action: () => null } },
  rest: { id: "rest", parentId: "root", path: "*", module: { ...page, action: () => null } },
});

describe("the route table", () => {
  it.each([
    ["/", "/"],
    ["/_root.data", "/"],
    ["/dashboard", "/dashboard"],
    ["/DASHBOARD/", "/dashboard"],
    ["/dashboard.data", "/dashboard"],
    ["/dashboard/_.data", "/dashboard"],
    ["/projects/abc", "/projects/:id"],
    ["/projects/abc.data", "/projects/:id"],
    ["/projects", "*"],
    ["/projects/a/b", "*"],
    ["/%E0%A4%A", "*"],
    ["/api/auth/toke%6e", "/api/auth/token"],
    ["/%64ashboard", "/dashboard"],
    ["/api%2fauth/token", "*"],
  ])("finds the route of %s", (path, pattern) => {
    expect(routeOf(path).pattern).toBe(pattern);
  });

  it("knows what may be done from what the route has", () => {
    expect(routeOf("/projects/abc").methods).toEqual(["GET", "HEAD"]);
    expect(routeOf("/dashboard").methods).toEqual(["GET", "HEAD", "POST"]);
    expect(routeOf("/api/auth/token").methods).toEqual(["POST"]);
    expect(routeOf("/switch").methods).toEqual(["POST"]);
  });

  it("gives the start page the action of its parent, which is where the theme is chosen", () => {
    expect(routeOf("/").methods).toContain("POST");
  });

  it("tells a page's path from its data's", () => {
    expect(pagePath("/settings/_.data")).toBe("/settings");
    expect(pagePath("/settings")).toBe("/settings");
  });
});
