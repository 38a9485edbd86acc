import { expect, test } from "vitest";
import { metricPath, projectArgs } from "./project-address.ts";

const argsOf = (path: string) =>
  projectArgs({ params: { id: "p1" }, url: new URL(path, "http://localhost") });

test("an address without a query asks for the last hour of the newest metric", () => {
  expect(argsOf("/projects/p1")).toEqual({ projectId: "p1", range: "1h" });
});

test("a range that is none is the hour", () => {
  for (const range of ["", "8d", "__proto__", "24H"]) {
    expect(argsOf(`/projects/p1?range=${range}`).range).toBe("1h");
  }
});

test("a metric is an agent and a name, or none", () => {
  expect(argsOf("/projects/p1?agent=a")).not.toHaveProperty("agent");
  expect(argsOf(metricPath("p1", { agent: "a & b", name: "é/?#", range: "7d" }))).toEqual({
    projectId: "p1",
    range: "7d",
    agent: "a & b",
    name: "é/?#",
  });
});
