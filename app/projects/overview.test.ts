import { expect, test } from "vitest";
import {
  type Agent,
  type Listed,
  newestLine,
  overviewOf,
  silentFirst,
  standingOf,
  tilesOf,
  worstFirst,
} from "./overview.ts";

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

test("a tile has the newest metric of its agent, a counter its sum of today", () => {
  const agent = (name: string, metrics: Agent["metrics"], lastSeenAt = NOW): Agent => ({
    agent: name,
    ...{ state: null, message: null, stateAt: null, everyMs: null, mutedUntil: null },
    ...{ lastSeenAt, metrics, line: { hours: [NOW], values: [5] } },
  });
  const gauge = { name: "load", kind: "gauge" as const, value: 2, at: NOW - 1, today: null };
  const counter = {
    name: "tokens",
    kind: "counter" as const,
    value: 3,
    at: NOW,
    today: { since: 0, sum: 7 },
  };
  const agents = [agent("a", [gauge, counter]), agent("b", [counter]), agent("c", [], NOW - 5)];
  expect(tilesOf(agents)).toEqual([
    { agent: "a", name: "load", value: 2, at: NOW },
    { agent: "b", name: "tokens", value: 7, at: NOW },
    { agent: "c", name: "", value: null, at: NOW - 5 },
  ]);
  expect(newestLine(agents)).toEqual({ agent: "b", name: "tokens", points: [{ at: NOW, value: 5 }] });
  expect(newestLine([])).toBe(null);
});

test("silent agents are listed first, then all by name", () => {
  const { agents } = project("p", 30, 1, 5, 40);
  expect(silentFirst(agents, NOW).map(({ agent }) => agent)).toEqual(["p-30", "p-40", "p-1", "p-5"]);
});
