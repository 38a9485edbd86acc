import { href } from "react-router";
import { expect, test } from "vitest";
import {
  agentOf,
  agentPath,
  projectArgs,
  projectPath,
  withChart,
  withParameters,
} from "./project-address.ts";

const argsOf = (path: string) =>
  projectArgs({ params: { id: "p1" }, url: new URL(path, "http://localhost") });

test("a URL without a query selects the last hour of the newest metric", () => {
  expect(argsOf("/projects/p1")).toEqual({ projectId: "p1", range: "1h" });
});

test("an unknown range falls back to the last hour", () => {
  for (const range of ["", "8d", "__proto__", "24H"]) {
    expect(argsOf(`/projects/p1?range=${range}`).range).toBe("1h");
  }
});

test("a metric is selected only if the URL has both agent and name", () => {
  expect(argsOf("/projects/p1?agent=a")).not.toHaveProperty("agent");
  const search = withChart("?q=a&cursor=c", { agent: "a & b", name: "é/?#", range: "7d" });
  expect(search).toMatch(/^\?q=a&/);
  expect(argsOf(`/projects/p1${search}`)).toEqual({
    projectId: "p1",
    range: "7d",
    agent: "a & b",
    name: "é/?#",
  });
});

test("a changed parameter keeps the others but the cursor, and an empty one is removed", () => {
  const search = "?range=7d&q=a&cursor=c";
  expect(withParameters(search, { sort: "today", q: null })).toBe("?range=7d&sort=today");
  expect(withParameters("?q=a", { q: "" })).toBe("");
  expect(withChart(search, { agent: "a", name: "n", range: "1h" })).toBe("?q=a&agent=a&name=n");
});

test("paths are those of the routes", () => {
  const ids = { id: "p 1/2", agent: "é 🦊/%?#" };
  expect(projectPath(ids.id)).toBe(href("/projects/:id", ids));
  expect(agentPath(ids.id, ids.agent)).toBe(href("/projects/:id/agents/:agent", ids));
});

test.each(["a/b", "a%2Fb", "a%252Fb", "../..", "%2e", "x.data", "_", "a_", "é 🦊", "?#&=", "a\\b"])(
  "the path of the agent %s leads to it, and is no request of data",
  (name) => {
    const { pathname } = new URL(agentPath("p1", name, { name: "n", range: "7d" }), "http://localhost");
    expect(pathname.split("/")).toHaveLength(5);
    expect(agentOf(pathname)).toBe(name);
    expect(agentOf(`${pathname}/`)).toBe(name);
    expect(agentOf(pathname.replace("agents", "Agents"))).toBe(name);
    expect(pathname).not.toMatch(/\.data$|\/_$/);
  },
);

test.each(["a", "a/b", "a%2Fb", "50 % of it", "\u{1f600} é", "ping", "agents", "status/"])(
  "the path of a report names the agent %s",
  (name) => {
    expect(agentOf(`/api/v1/agents/${encodeURIComponent(name)}/ping`)).toBe(name);
  },
);
