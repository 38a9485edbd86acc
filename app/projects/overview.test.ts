import { expect, test } from "vitest";
import { type Listed, overviewOf, standingOf, worstFirst } from "./overview.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const MINUTE = 60_000;

const project = (name: string, ...minutes: number[]): Listed => ({
  _id: name,
  name,
  agents: minutes.map((ago) => ({ agent: `${name}-${ago}`, name: "n", value: 1, at: NOW - ago * MINUTE })),
});

test("a project stands as its worst tile does", () => {
  expect(standingOf(project("a", 1, 5, 60).agents, NOW)).toBe("silent");
  expect(standingOf(project("a", 1, 5).agents, NOW)).toBe("quiet");
  expect(standingOf(project("a", 1).agents, NOW)).toBe("fresh");
  expect(standingOf([], NOW)).toBe("none");
});

test("the worst project is first, and equals keep their order", () => {
  const projects = [
    project("new"),
    project("b", 1),
    project("c", 1),
    project("quiet", 5),
    project("silent", 1, 99),
  ];
  expect(worstFirst(projects, NOW).map(({ name }) => name)).toEqual(["silent", "quiet", "new", "b", "c"]);
});

test("the overview counts every tile and names what fell silent last", () => {
  const { counts, newest } = overviewOf([project("a", 1, 5, 90), project("b", 0, 30)], NOW);
  expect(counts).toEqual({ fresh: 2, quiet: 1, silent: 2 });
  expect(newest?.metric.agent).toBe("b-30");
  expect(newest?.state).toBe("silent");
});

test("where nothing is silent it names what is quiet, and where all is fresh nothing", () => {
  expect(overviewOf([project("a", 1, 5, 3)], NOW).newest?.metric.agent).toBe("a-3");
  expect(overviewOf([project("a", 1)], NOW).newest).toBeNull();
});
