import { expect, test } from "vitest";
import { type Health, healthOf, summarize } from "../../convex/model/health.ts";
import {
  type Agent,
  attentionOf,
  drawnTiles,
  judge,
  type Listed,
  newestLine,
  standingOf,
  tilesOf,
  worstFirst,
} from "./overview.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const MINUTE = 60_000;
const PLACE = { now: NOW, timeZone: "UTC" };
const ALWAYS = { outages: [] };

const agent = (name: string, minutesAgo: number, more: Partial<Agent> = {}): Agent => ({
  agent: name,
  ...{ state: null, message: null, stateAt: null, everyMs: null, mutedUntil: null },
  ...{ lastSeenAt: NOW - minutesAgo * MINUTE, metrics: [], line: { hours: [NOW], values: [5] } },
  ...more,
});

const project = (name: string, ...agents: Agent[]): Listed => ({
  ...{ _id: name, name },
  tiles: drawnTiles(tilesOf(agents), PLACE, ALWAYS),
});

const silent = (name: string) => agent(name, 60);
const quiet = (name: string) => agent(name, 5);
const failed = (name: string) =>
  agent(name, 1, { state: "failed", stateAt: NOW - 3 * MINUTE, message: "disk is full" });

test("a project has the health of its worst agent", () => {
  const standing = (...agents: Agent[]) => standingOf(project("p", ...agents), NOW);
  expect(standing(quiet("a"), failed("b"), silent("c"))).toBe("failed");
  expect(standing(quiet("a"), silent("c"))).toBe("silent");
  expect(standing(agent("a", 1), quiet("b"))).toBe("quiet");
  expect(standing()).toBe("none");
});

test("projects are sorted by their worst agent, and equal ones keep their order", () => {
  const projects = [
    project("new"),
    project("b", agent("a", 1)),
    project("c", agent("a", 1)),
    project("done", agent("a", 99, { state: "done" })),
    project("quiet", quiet("a")),
    project("silent", agent("a", 1), silent("b")),
    project("waiting", agent("a", 1, { state: "waiting" })),
    project("failed", failed("a")),
  ];
  expect(worstFirst(projects, NOW).map(({ name }) => name)).toEqual([
    ...["failed", "silent", "waiting", "quiet", "new", "b", "c", "done"],
  ]);
});

test("agents that failed, are silent or wait need attention, and the worst is named with its time", () => {
  const { count, first } = attentionOf(
    [
      project("a", agent("x", 0), quiet("y")),
      project("b", silent("s"), agent("w", 1, { state: "waiting" })),
      project("c", silent("t"), failed("f"), agent("m", 99, { mutedUntil: NOW + 1 })),
    ],
    NOW,
  );
  expect(count).toBe(4);
  expect([first?.project.name, first?.tile?.agent, first?.tile?.at]).toEqual(["c", "f", NOW - 3 * MINUTE]);
});

test("no agent needs attention if all are fresh, quiet, done or muted", () => {
  const calm = [agent("a", 1), quiet("b"), agent("c", 999, { state: "done" })];
  const muted = agent("d", 999, { state: "failed", mutedUntil: NOW + 1 });
  expect(attentionOf([project("p", ...calm, muted)], NOW)).toEqual({ count: 0, first: null });
});

test("a project whose agents are not listed needs attention by its summary, as soon as an agent is silent", () => {
  const listed = (...agents: Agent[]): Listed => ({
    ...{ _id: "p", name: "p", tiles: null },
    summary: summarize(agents, NOW),
  });
  const later = NOW + 15 * MINUTE;
  const calm = listed(agent("a", 1));
  expect([standingOf(calm, NOW), attentionOf([calm], NOW).count]).toEqual(["fresh", 0]);
  expect([standingOf(calm, later), attentionOf([calm], later).count]).toEqual(["silent", 1]);
  const troubled = listed(failed("a"), agent("b", 1, { state: "waiting" }));
  expect(attentionOf([troubled], NOW)).toEqual({ count: 2, first: { project: troubled, tile: null } });
});

test("a tile has the newest metric, of a counter the sum of today until midnight", () => {
  const gauge = { name: "load", kind: "gauge" as const, value: 2, at: NOW - 1, today: null };
  const today = { since: NOW - 12 * 60 * MINUTE, sum: 7 };
  const counter = { name: "tokens", kind: "counter" as const, value: 3, at: NOW, today };
  const agents = [
    agent("a", 0, { metrics: [gauge, counter] }),
    agent("b", 0, { metrics: [counter] }),
    agent("c", 5),
  ];
  const metricsAt = (now: number) =>
    drawnTiles(tilesOf(agents), { now, timeZone: "UTC" }, ALWAYS).map(({ metric }) => metric);
  expect(metricsAt(NOW)).toEqual([undefined, { name: "load", value: 2 }, { name: "tokens", value: 7 }]);
  expect(metricsAt(NOW + 12 * 60 * MINUTE)).toContainEqual({ name: "tokens", value: 0 });
  expect(newestLine(agents)).toEqual({ agent: "b", name: "tokens", points: [{ at: NOW, value: 5 }] });
  expect(newestLine([])).toBe(null);
});

test("a tile shows the message only while it says why the agent needs attention", () => {
  const messages = (one: Agent) => drawnTiles(tilesOf([one]), PLACE, ALWAYS).map(({ message }) => message);
  expect(messages(failed("a"))).toEqual(["disk is full"]);
  expect(messages(agent("a", 1, { state: "working", message: "reading" }))).toEqual([undefined]);
  expect(messages({ ...failed("a"), mutedUntil: NOW + 1 })).toEqual([undefined]);
});

test("an outage or a restoration of the project makes no tile silent, and open incidents are counted", () => {
  const agents = [agent("a", 60, { incidents: 2 }), agent("b", 90)];
  const healths = (unjudged: Parameters<typeof drawnTiles>[2]) =>
    drawnTiles(tilesOf(agents), PLACE, unjudged).map((tile) => [tile.agent, tile.health, tile.incidents]);
  const [a, b] = [
    ["a", "silent", 2],
    ["b", "silent", undefined],
  ];
  expect(healths(ALWAYS)).toEqual([a, b]);
  // When it began, `b` had been silent for 10 minutes.
  const outages = [{ from: NOW - 65 * MINUTE, to: NOW - 5 * MINUTE }];
  expect(healths({ outages })).toEqual([b, ["a", "quiet", 2]]);
  const restored = { outages, restoredAt: NOW - MINUTE };
  expect(healths(restored)).toEqual([
    ["a", "fresh", 2],
    ["b", "fresh", undefined],
  ]);
});

test("agents are listed from failed to muted, equal ones by name", () => {
  const agents = [
    agent("m", 1, { mutedUntil: NOW + 1 }),
    agent("d", 1, { state: "done" }),
    agent("f2", 1),
    agent("f1", 1),
    quiet("q"),
    agent("w", 1, { state: "waiting" }),
    silent("s"),
    failed("x"),
  ];
  const order: Health[] = ["failed", "silent", "waiting", "quiet", "fresh", "fresh", "done", "muted"];
  const judged = judge(agents, (one) => healthOf(one, NOW));
  expect(judged.map(({ health }) => health)).toEqual(order);
  expect(judged.map((one) => one.agent).slice(4, 6)).toEqual(["f1", "f2"]);
});
