/** Charts: buckets of each range, points in any order of time, and limits of numbers. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { RANGES, type Range } from "../../convex/model/ranges.ts";
import { openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";
import { DAY, HOUR, MINUTE, newScene, type Point, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let project: Reporting;
/** The end of all charts, so that a test does not depend on the minute in which it runs. */
let until: number;

beforeEach(async () => {
  ({ backend, grace, project } = await newScene(startBackend()));
  until = Math.floor(Date.now() / MINUTE) * MINUTE;
});

const ranges = Object.keys(RANGES) as Range[];

async function series(range: Range, agent = "scout", name = "latency") {
  const { projectId } = project;
  return await grace.query(api.metrics.series, { projectId, agent, name, range, until });
}

/** Returns the buckets that a chart should have, computed from all points. */
function expected(points: readonly Point[], range: Range) {
  const { span, width } = RANGES[range];
  const from = Math.floor((until - span) / width) * width;
  const buckets = new Map<number, number[]>();
  for (const { at = 0, value = 1 } of points) {
    const start = Math.floor(at / width) * width;
    if (start >= from) buckets.set(start, [...(buckets.get(start) ?? []), value]);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([at, values]) => ({
      at,
      count: values.length,
      sum: values.reduce((sum, value) => sum + value, 0),
      min: Math.min(...values),
      max: Math.max(...values),
    }));
}

async function expectCharts(points: readonly Point[], { agent, name }: Point = {}) {
  for (const range of ranges)
    expect(await series(range, agent, name), range).toEqual(expected(points, range));
}

test("every range has the same points, whichever order of time they arrive in", async () => {
  // The newest first, then later hours and days, and then points of hours and days that are closed.
  const ages = [
    [3 * MINUTE, 3 * MINUTE, 70 * MINUTE],
    [6 * DAY, 3 * DAY + 5 * HOUR, 3 * DAY],
    [0, MINUTE, 2 * HOUR],
    [3 * DAY + 5 * HOUR, 26 * HOUR, 70 * MINUTE],
    [6.9 * DAY, 6 * DAY, MINUTE],
  ];
  const sent: Point[] = [];
  for (const [batch, list] of ages.entries()) {
    const points = list.map((age, i) => ({ at: until - age, value: batch * 10 + i }));
    sent.push(...points);
    await project.report(points);
    await expectCharts(sent);
  }
});

test("one batch with points of 168 different hours is in every range", async () => {
  const points = Array.from({ length: 500 }, (_, i) => ({ at: until - ((i * 37) % 168) * HOUR, value: i }));
  await project.report(points);
  await expectCharts(points);
});

describe("the turn of an hour", () => {
  test("ranges and totals have the points around the end of an hour and a day, also those that are late", async () => {
    const hour = Math.floor(until / HOUR) * HOUR - 5 * HOUR;
    const day = Math.floor(until / DAY) * DAY - DAY;
    const minutes = [[-75], [-2], [1, 2], [-30], [3, 9], [11, 6, -61], [66], [-1, 15, 64], [180]];
    // Without a point in the last hour of a day.
    const night = minutes.map((list) => list.filter((minute) => minute < -60 || minute > 0));
    const turns = [
      { agent: "hour", turn: hour, minutes },
      { agent: "day", turn: day, minutes },
      { agent: "night", turn: day, minutes: night },
    ];
    // Each closes at another time after the turn.
    const all = turns.flatMap((one) =>
      ["a", "b", "c", "d"].map((name) => ({ ...one, name, sent: [] as Point[] })),
    );
    for (const batch of minutes.keys()) {
      const points = all.flatMap(({ agent, name, turn, minutes, sent }) => {
        const ofSeries = (minutes[batch] ?? []).map((minute, i) => {
          const value = batch * 10 + i + 1;
          return { agent, name, kind: "counter" as const, at: turn + minute * MINUTE, value };
        });
        sent.push(...ofSeries);
        return ofSeries;
      });
      await project.report(points);
      for (const one of all) await expectCharts(one.sent, one);
      const totals = await grace.query(api.metrics.totals, { projectId: project.projectId, until });
      expect(totals).toHaveLength(all.length);
      for (const { agent, name, sent } of all) {
        const sum = sent.reduce((before, { value = 0 }) => before + value, 0);
        const total = totals.find((one) => one.agent === agent && one.name === name);
        expect(total).toMatchObject({ last7d: sum, last30d: sum });
      }
    }
  });

  test("totals that end before it have no later point, also while the hour before is open", async () => {
    // The range of 30 days has buckets of four hours, and each is counted whole.
    const turn = Math.floor(until / (4 * HOUR)) * 4 * HOUR;
    const end = turn - 10 * MINUTE;
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const at of [turn - 30 * MINUTE, turn]) {
      await project.report(names.map((name) => ({ name, kind: "counter" as const, at })));
    }
    const totals = await grace.query(api.metrics.totals, { projectId: project.projectId, until: end });
    expect(totals.map(({ last7d, last30d }) => [last7d, last30d])).toEqual(names.map(() => [1, 1]));
  });

  test("the hour before closes within ten minutes, not at once in all time series", async () => {
    const turn = Math.floor(until / HOUR) * HOUR - HOUR;
    const closedAfter = async (minute: number) => {
      const at = turn + minute * MINUTE;
      await project.report(Array.from({ length: 100 }, (_, i) => ({ name: `metric ${i}`, at })));
      const rows = await backend.rows("stats");
      return rows.filter((row) => row.projectId === project.projectId && row.width === MINUTE).length;
    };
    expect(await closedAfter(-1)).toBe(0);
    expect(await closedAfter(0)).toBeLessThan(5);
    const closed = await closedAfter(5);
    expect(closed).toBeGreaterThan(30);
    expect(closed).toBeLessThan(70);
    expect(await closedAfter(10)).toBe(100);
  });
});

test("a point of an agent whose clock is 4.9 minutes ahead is in every range, and the next one too", async () => {
  const ahead = { at: Date.now() + 4.9 * MINUTE, value: 2 };
  await project.report([ahead]);
  await expectCharts([ahead]);
  // Near the end of an hour or day, the first point has opened the next one.
  const now = { at: Date.now(), value: 3 };
  await project.report([now]);
  await expectCharts([ahead, now]);
});

test("the sum of extreme values is capped instead of infinite", async () => {
  const largest = { kind: "counter" as const, value: Number.MAX_VALUE };
  await project.report([largest, largest]);
  // Of a day and an hour that are closed, and of an open hour.
  await project.report([{ ...largest, at: Date.now() - 2 * DAY }]);
  await project.report([{ ...largest, at: Date.now() - 2 * HOUR }, largest]);
  const { projectId } = project;
  for (const range of ["1h", "90d"] as const) {
    const sum = Number.MAX_VALUE;
    expect((await series(range)).at(-1)).toMatchObject({ sum, max: sum });
  }
  const [total] = await grace.query(api.metrics.totals, { projectId, until });
  expect(total).toMatchObject({ last7d: Number.MAX_VALUE, last30d: Number.MAX_VALUE });
  const [agent] = await grace.query(api.projects.overview, { projectId });
  const newest = { value: Number.MAX_VALUE, today: { sum: Number.MAX_VALUE } };
  expect(agent).toMatchObject({ metrics: [newest], line: { values: Array(3).fill(Number.MAX_VALUE) } });
});

test("the smallest and largest values are stored as they are, also in hours that are closed", async () => {
  const values = [Number.MIN_VALUE, -0, -Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER];
  for (const [i, value] of values.entries()) {
    // Each is late, and the last one is nearly 7 days old.
    await project.report([{ name: `metric ${i}` }]);
    const at = Date.now() - 7 * DAY + MINUTE;
    await project.report([{ name: `metric ${i}`, value, at }]);
    const [late] = await series("30d", "scout", `metric ${i}`);
    expect(late).toMatchObject({ count: 1, sum: value, min: value, max: value });
  }
  const { projectId } = project;
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await grace.query(api.metrics.recent, { projectId, paginationOpts });
  expect(page.filter((_, i) => i % 2 === 0).map(({ value }) => value)).toEqual(values.toReversed());
});

test("names of the greatest length, in any script, have a chart", async () => {
  const agent = "\u{1f600}".repeat(64);
  const name = "\u05d0".repeat(128);
  await project.report([{ agent, name }]);
  expect(await series("1h", agent, name)).toHaveLength(1);
});

test("an unknown time series is not_found, and one without points in the range is empty", async () => {
  await project.report([{ at: until - 2 * HOUR }]);
  expect(await series("1h")).toEqual([]);
  expect(await rejectionOf(series("1h", "scout", "other"))).toBe("not_found");
  expect(await rejectionOf(series("1h", "other"))).toBe("not_found");
});

test("until must be the start of a minute, and a chart ends there", async () => {
  await project.report([{ at: until - 30 * MINUTE }, { at: until - 10 * MINUTE }]);
  const { projectId } = project;
  const ask = (end: number) =>
    grace.query(api.metrics.series, { projectId, agent: "scout", name: "latency", range: "1h", until: end });
  expect(await ask(until - 20 * MINUTE)).toHaveLength(1);
  expect(await ask(until + 30 * MINUTE)).toHaveLength(2);
  expect(await ask(until + 40 * MINUTE)).toHaveLength(1);
  for (const end of [until + 1, -MINUTE, NaN, Infinity]) expect(await rejectionOf(ask(end))).toBe("invalid");
});

describe("access", () => {
  test("members and admins read a chart, and the project is not_found for other users", async () => {
    await project.report([{}]);
    const { projectId } = project;
    const ask = { projectId, agent: "scout", name: "latency", range: "1h" } as const;
    const alan = await signIn(backend, "alan");
    expect(await rejectionOf(alan.query(api.metrics.series, ask))).toBe("not_found");
    await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
    expect(await alan.query(api.metrics.series, ask)).toHaveLength(1);
    const ada = await signIn(backend, "ada");
    expect(await ada.query(api.metrics.series, ask)).toHaveLength(1);
    const unknown = { ...ask, projectId: "no id" };
    expect(await rejectionOf(ada.query(api.metrics.series, unknown))).toBe("not_found");
  });
});
