/** Migrations: data of an older version becomes the read models of this one. */
import type { Value } from "convex/values";
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { RANGES, type Range } from "../../convex/model/ranges.ts";
import { CONFLICTS, openBackends, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";
import { DAY, HOUR, MINUTE, newProject } from "./reporting.ts"; // agents:line
import { runJobs } from "./run-jobs.ts";

const { startBackendAlone } = openBackends();

let backend: TestBackend;
let ada: Member;

beforeEach(async () => {
  backend = await startBackendAlone(CONFLICTS);
  ada = await signIn(backend, "ada");
});

// agents:start
type Stored = { [field: string]: Value };
// agents:end

test("a migration processes all users in batches, and search finds the same users afterwards", async () => {
  for (const name of ["zoe", "zara", "zita"]) await signIn(backend, name);
  const fn = "migrations:rebuildUserSearch";
  expect(await backend.run(fn, { fn, batchSize: 2 })).toMatchObject({ status: "success" });
  const search = async () => {
    const paginationOpts = { numItems: 10, cursor: null };
    return (await ada.query(api.users.list, { paginationOpts, search: "z" })).page.length;
  };
  await expect.poll(search, { timeout: 10_000 }).toBe(3);
});

// agents:start
test("a migration whose run failed goes on with the next start of the jobs, and so do those after it", async () => {
  const { projectId } = await newProject(backend, ada);
  const { tables } = oldData(projectId, Math.floor(Date.now() / HOUR) * HOUR);
  await backend.store("stats", tables.stats.slice(-100));
  const migration = (name: string, table: string, isDone: boolean): Stored => ({
    ...{ name: `migrations:${name}`, table, isDone },
    ...{ cursor: null, processed: 0, latestStart: 1 },
  });
  await backend.store("migrations", [
    migration("copyProjects", "projectMembers", true),
    migration("moveLatest", "latestMetrics", true),
    migration("moveRollups", "stats", false),
  ]);
  expect(await backend.run("jobs:start", {})).toMatchObject({ status: "success" });
  const done = async () => (await backend.rows("migrations")).map(({ isDone }) => isDone);
  await expect.poll(done, { timeout: 10_000 }).toEqual(Array(5).fill(true));
  expect((await backend.rows("stats")).filter(({ width, count }) => width === HOUR && count)).toEqual([]);
});

test("data from before batches moves without a change of any chart", async () => {
  await runJobs(backend);
  const { projectId, report } = await newProject(backend, ada);
  const until = Math.floor(Date.now() / MINUTE) * MINUTE;
  const { points, tables } = oldData(projectId, until);
  const members = (await backend.rows("projectMembers")).map(({ project: _, ...row }) => row);
  await backend.store("projectMembers", members as Stored[], "replace");
  for (const [table, rows] of Object.entries(tables)) {
    for (let i = 0; i < rows.length; i += 500) await backend.store(table, rows.slice(i, i + 500));
  }
  const charts = async () => {
    const ranges = Object.keys(RANGES) as Exclude<Range, "90d">[];
    const ask = (agent: string, range: Range) =>
      ada.query(api.metrics.series, { projectId, agent, name: "latency", range, until });
    return await Promise.all(
      ["scout", "old"].flatMap((agent) => ranges.slice(0, 4).map((range) => ask(agent, range))),
    );
  };
  const before = await charts();
  expect(before.map(({ length }) => length > 0)).toEqual([true, true, true, true, false, false, false, true]);
  const newest = points.toSorted((a, b) => b.at - a.at)[0];
  expect((await ada.query(api.projects.mine, {})).map(({ name }) => name)).toEqual(["Engine"]);

  await runJobs(backend);
  const isMoved = async () => {
    const rows = await backend.rows("stats");
    const names = (await backend.rows("migrations")).filter(({ isDone }) => isDone === true);
    return rows.every((row) => row.count === undefined) && names.length === 5;
  };
  await expect.poll(isMoved, { timeout: 25_000 }).toBe(true);
  expect(await charts()).toEqual(before);
  const [old, scout] = await ada.query(api.projects.overview, { projectId });
  expect(scout).toMatchObject({
    agent: "scout",
    lastSeenAt: newest?.at,
    metrics: [{ value: newest?.value }],
  });
  expect(scout?.line.values).toHaveLength(24);
  expect(old).toMatchObject({ agent: "old", metrics: [{ value: 4 }] });
  const days = { projectId, agent: "old", name: "latency", range: "90d" as const, until };
  expect((await ada.query(api.metrics.series, days)).map(({ sum }) => sum)).toEqual([4]);
  expect(await backend.rows("latestMetrics")).toEqual([]);
  expect((await backend.rows("projectMembers")).every(({ project }) => project !== undefined)).toBe(true);
  const recent = { projectId, paginationOpts: { numItems: 2, cursor: null } };
  expect((await ada.query(api.metrics.recent, recent)).page).toMatchObject([
    { agent: "scout", kind: "gauge" },
    {},
  ]);

  // New points continue the time series.
  await report([{ value: 1_000, at: until }]);
  const hour = (await charts())[2]?.at(-1);
  const last = before[2]?.at(-1);
  const sameHour = Math.floor(until / HOUR) * HOUR === last?.at;
  expect(hour).toMatchObject({ count: (sameHour ? (last?.count ?? 0) : 0) + 1, max: 1_000 });
});

/** Returns points, and the rows that the version before batches stored of them. */
function oldData(projectId: string, until: number) {
  const points = Array.from({ length: 2_000 }, (_, i) => ({ value: i % 17, at: until - i * 5 * MINUTE }));
  const stats: Stored[] = [];
  const key = { projectId, agent: "scout", name: "latency" };
  for (const width of [MINUTE, 10 * MINUTE, HOUR]) {
    const buckets = new Map<number, number[]>();
    for (const { at, value } of points) {
      const start = Math.floor(at / width) * width;
      buckets.set(start, [...(buckets.get(start) ?? []), value]);
    }
    for (const [at, values] of buckets) {
      const sum = values.reduce((all, value) => all + value, 0);
      const extremes = { min: Math.min(...values), max: Math.max(...values) };
      stats.push({ ...key, width, at, count: values.length, sum, ...extremes });
    }
  }
  // A time series of which only the hour is kept.
  const old = { ...key, agent: "old" };
  const hour = Math.floor((until - 20 * DAY) / HOUR) * HOUR;
  stats.push({ ...old, width: HOUR, at: hour, count: 2, sum: 4, min: 0, max: 4 });
  const latest = [
    { ...key, value: points[0]?.value ?? 0, at: until },
    { ...old, value: 4, at: hour + MINUTE },
  ];
  const agentMetrics = points.slice(0, 3).map((point) => ({ ...key, ...point }));
  return { points, tables: { stats, latestMetrics: latest, agentMetrics } };
}
// agents:end
