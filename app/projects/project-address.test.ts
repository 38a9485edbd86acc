import { expect, test } from "vitest";
import { metricPath, projectArgs } from "./project-address.ts";

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
  expect(argsOf(metricPath("p1", { agent: "a & b", name: "é/?#", range: "7d" }))).toEqual({
    projectId: "p1",
    range: "7d",
    agent: "a & b",
    name: "é/?#",
  });
});
