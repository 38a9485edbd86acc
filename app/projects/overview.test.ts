import { expect, test } from "vitest";
import { type Listed, newestOfEach, overviewOf, silentFirst, standingOf, worstFirst } from "./overview.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const MINUTE = 60_000;

const project = (name: string, ...minutes: number[]): Listed => ({
  _id: name,
  name,
  agents: minutes.map((ago) => ({ agent: `${name}-${ago}`, name: "n", value: 1, at: NOW - ago * MINUTE })),
});

test("a project has the state of its worst agent", () => {
  expect(standingOf(project("a", 1, 5, 60).agents, NOW)).toBe("silent");
  expect(standingOf(project("a", 1, 5).agents, NOW)).toBe("quiet");
  expect(standingOf(project("a", 1).agents, NOW)).toBe("fresh");
  expect(standingOf([], NOW)).toBe("none");
});

test("projects are sorted by worst state, and equal ones keep their order", () => {
  const projects = [
    project("new"),
    project("b", 1),
    project("c", 1),
    project("quiet", 5),
    project("silent", 1, 99),
  ];
  expect(worstFirst(projects, NOW).map(({ name }) => name)).toEqual(["silent", "quiet", "new", "b", "c"]);
});

test("the overview counts the silent agents and returns the first one shown", () => {
  const { silent, first } = overviewOf([project("a", 0, 5), project("b", 1, 90, 30), project("c", 20)], NOW);
  expect(silent).toBe(3);
  expect(first?.metric.agent).toBe("b-30");
  expect(first?.project.name).toBe("b");
});

test("no agent needs attention if all are fresh or quiet", () => {
  expect(overviewOf([project("a", 1, 5, 3)], NOW)).toEqual({ silent: 0, first: null });
});

test("an agent counts once, by its newest metric", () => {
  const of = (agent: string, name: string, ago: number) => ({
    agent,
    name,
    value: 1,
    at: NOW - ago * MINUTE,
  });
  const newest = newestOfEach([of("a", "y", 1), of("a", "x", 1), of("a", "old", 60), of("b", "z", 30)]);
  expect(newest.map(({ agent, name }) => `${agent} ${name}`)).toEqual(["a x", "b z"]);
});

test("silent agents are listed first, then all by name", () => {
  const { agents } = project("p", 30, 1, 5, 40);
  expect(silentFirst(agents, NOW).map(({ agent }) => agent)).toEqual(["p-30", "p-40", "p-1", "p-5"]);
});
