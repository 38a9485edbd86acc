import { matchRoutes } from "react-router";
import { describe, expect, it } from "vitest";
import config from "../routes.ts";
import { type BuiltRoutes, createRouteTable, pagePath } from "./route-table.ts";

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
  note: { id: "note", parentId: "root", path: "notes/:id", module: { ...page } },
  switch: { id: "switch", parentId: "root", path: "switch", module: { ...page, action: () => null } },
  token: { id: "token", parentId: "root", path: "api/auth/token", module: { action: () => null } },
  ping: { id: "ping", parentId: "root", path: "api/agents/:agent/ping", module: { action: () => null } },
  rest: { id: "rest", parentId: "root", path: "*", module: { ...page, action: () => null } },
});

describe("the route table", () => {
  it.each([
    ["/", "/"],
    ["/_.data", "/"],
    ["/_root.data", "*"],
    ["/dashboard", "/dashboard"],
    ["/DASHBOARD/", "/dashboard"],
    ["/dashboard.data", "/dashboard"],
    ["/dashboard/_.data", "/dashboard"],
    ["/notes/abc", "/notes/:id"],
    ["/notes/abc.data", "/notes/:id"],
    ["/notes", "*"],
    ["/notes/a/b", "*"],
    ["/%E0%A4%A", "*"],
    ["/notes/abc%", "*"],
    ["/notes/abc%FF.data", "*"],
    ["/callbac\u212A", "*"],
    ["/api/auth/toke%6e", "/api/auth/token"],
    ["/%64ashboard", "/dashboard"],
    ["/api%2fauth/token", "*"],
    ["/api/auth/token.data", "*"],
    ["/%61PI/auth/token/_.data", "*"],
    ["/api/agents/x.data/ping", "/api/agents/:agent/ping"],
    ["/api/agents//ping", "*"],
  ])("finds the route of %s", (path, pattern) => {
    expect(routeOf(path).pattern).toBe(pattern);
  });

  it("derives the allowed methods from the route's loader, action and component", () => {
    expect(routeOf("/notes/abc").methods).toEqual(["GET", "HEAD"]);
    expect(routeOf("/dashboard").methods).toEqual(["GET", "HEAD", "POST"]);
    expect(routeOf("/api/auth/token").methods).toEqual(["POST"]);
    expect(routeOf("/switch").methods).toEqual(["POST"]);
  });

  it("allows POST to the start page, which uses the theme action of its parent", () => {
    expect(routeOf("/").methods).toContain("POST");
  });

  it("returns the page path for a data path", () => {
    expect(pagePath("/settings/_.data")).toBe("/settings");
    expect(pagePath("/settings")).toBe("/settings");
  });
});

const [frame, ...alone] = config;
const ROUTES = [...(frame?.children ?? []), ...alone];

/** Segments of the app's own paths, and of similar paths. */
const SEGMENTS = [
  ...new Set(ROUTES.flatMap(({ path }) => path?.split("/") ?? [])),
  ...[
    "",
    "DashBoard",
    "%64ashboard",
    "dash%2Fboard",
    "a%2Fb",
    "a%252Fb",
    "%C3%A9",
    "é",
    "a b",
    "a;b",
    "a:b",
    "*",
  ],
  ...[
    "%20",
    "%00",
    "%5C",
    "\\",
    ".",
    "..",
    "%2E%2E",
    "_",
    "_root",
    "-",
    "~",
    "\u017F",
    "callbac%E2%84%AA",
    "%25",
    "audit.csv.",
    "x.json",
  ],
];

describe("the route table and React Router", () => {
  const children = ROUTES.map(({ file, path, index }) =>
    index ? { id: file, index } : { id: file, path: path ?? "" },
  );
  const tree = [{ id: "root", path: "", children }];
  const ownTable = createRouteTable(
    Object.fromEntries(
      children.map((route) => [route.id, { ...route, parentId: "root", module: page }]),
    ) as BuiltRoutes,
  );
  const isSplat = (id: string | undefined) => ROUTES.find(({ file }) => file === id)?.path?.endsWith("*");

  it("match every path to the same route", () => {
    const pairs = SEGMENTS.flatMap((one) => SEGMENTS.map((two) => `/${one}/${two}`));
    const triples = SEGMENTS.flatMap((one) =>
      ["a", "settings", "auth"].flatMap((two) =>
        ["", "/", "export", "token", "b%2Fc"].map((end) => `/${one}/${two}/${end}`),
      ),
    );
    const paths = [...pairs, ...triples];
    const differing = paths.flatMap((path) => {
      const { pathname } = new URL(`http://localhost${path}`);
      const found = matchRoutes(tree, pathname)?.at(-1)?.route.id;
      const theirs = isSplat(found) ? null : (found ?? null);
      const ours = ownTable(pathname).id;
      return ours === theirs ? [] : [`${pathname} is ${ours} here, ${theirs} there`];
    });
    expect(differing).toEqual([]);
    expect(paths.length).toBeGreaterThan(2_000);
  });
});
