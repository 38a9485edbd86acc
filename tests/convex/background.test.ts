/** Background jobs: retention, deletion of addresses, and migrations. */
import type { Value } from "convex/values";
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { RANGES, type Range } from "../../convex/model/ranges.ts";
import { RULES } from "../../convex/model/retention.ts";
import { CONFLICTS, EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";
import { DAY, HOUR, MINUTE, newProject } from "./reporting.ts";

const { startBackend, startBackendAlone } = openBackends();

let backend: TestBackend;
let ada: Member;

async function begin(start: () => Promise<TestBackend>): Promise<void> {
  backend = await start();
  ada = await signIn(backend, "ada");
}
beforeEach(() => begin(() => startBackend(CONFLICTS)));

type Stored = { [field: string]: Value };

/** Starts all jobs and waits until they have ended. */
async function runJobs(): Promise<void> {
  const over = async () => (await backend.rows("jobs")).filter(({ endedAt }) => endedAt !== undefined);
  const isOver = async () => (await over()).length === (await backend.rows("jobs")).length;
  await expect.poll(isOver, { timeout: 20_000 }).toBe(true);
  const before = Date.now();
  expect(await backend.run("jobs:start", {})).toMatchObject({ status: "success" });
  const rules = async () => (await over()).filter(({ startedAt }) => Number(startedAt) >= before).length;
  await expect.poll(rules, { timeout: 20_000 }).toBe(Object.keys(RULES).length);
}

describe("retention", () => {
  test("each table keeps its rows as long as it should, and no longer", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    const { projectId, report } = await newProject(backend, ada);
    await report([{}], [{ state: "working" }]);
    const now = Date.now();
    const chunk = { offsets: [0], counts: [1], sums: [1], mins: [1], maxs: [1] };
    const stats = (width: number, age: number): Stored => ({
      ...{ projectId, agent: "scout", name: "kept" },
      ...{ width, at: Math.floor((now - age) / width) * width, ...chunk },
    });
    const batch = (age: number): Stored => ({ projectId, at: now - age, metrics: [], statuses: [] });
    const entry = (age: number): Stored => ({ userId: ada.userId, event: "login", timestamp: now - age });
    const session = (id: string, age: number): Stored => ({
      ...{ sessionId: id, workosUserId: "user_old" },
      ...{ startedAt: now - age, lastSeenAt: now - age },
    });
    const key = (end: Stored): Stored => ({ projectId, name: "K", hash: "0", createdAt: 1, ...end });
    const rows: [table: string, kept: Stored[], gone: Stored[]][] = [
      ["agentMetrics", [batch(29.9 * DAY)], [batch(30.1 * DAY)]],
      [
        "stats",
        [stats(MINUTE, 8 * DAY), stats(HOUR, 100 * DAY), stats(DAY, 400 * DAY)],
        [stats(MINUTE, 8.2 * DAY), stats(HOUR, 102 * DAY), stats(DAY, 430 * DAY)],
      ],
      ["auditLogs", [entry(399 * DAY)], [entry(401 * DAY)]],
      ["sessions", [session("a", 6.9 * DAY)], [session("b", 7.1 * DAY)]],
      [
        "revokedSessions",
        [{ sessionId: "a", workosUserId: "user_old", revokedAt: now - 29 * DAY }],
        [{ sessionId: "b", workosUserId: "user_old", revokedAt: now - 31 * DAY }],
      ],
      [
        "webhookEvents",
        [{ eventId: "a", receivedAt: now - 29 * DAY }],
        [{ eventId: "b", receivedAt: now - 31 * DAY }],
      ],
      [
        "submissions",
        [{ hash: "a", made: "x", at: now - 0.9 * HOUR }],
        [{ hash: "b", made: "y", at: now - 1.1 * HOUR }],
      ],
      [
        "projectViews",
        [{ projectId, adminId: ada.userId, at: now - 0.9 * HOUR }],
        [{ projectId, adminId: ada.userId, at: now - 1.1 * HOUR }],
      ],
      [
        "projectKeys",
        [key({ revokedAt: now - 29 * DAY }), key({ expiresAt: now - 29 * DAY }), key({})],
        [key({ revokedAt: now - 31 * DAY }), key({ expiresAt: now - 31 * DAY })],
      ],
      ["drops", [], [{ projectId, since: 0, writtenAt: now - 1.1 * DAY, counts: [] }]],
    ];
    // More than fit into one step.
    for (const [table, kept, gone] of rows) {
      await backend.store(table, [
        ...kept,
        ...Array(table === "stats" ? 100 : 1)
          .fill(gone)
          .flat(),
      ]);
    }
    const before = new Map<string, number>();
    for (const [table, , gone] of rows) {
      const copies = table === "stats" ? 100 : 1;
      before.set(table, (await backend.rows(table)).length - gone.length * copies);
    }
    await runJobs();
    for (const [table] of rows) expect((await backend.rows(table)).length, table).toBe(before.get(table));
    const [minutes] = (await backend.rows("jobs")).filter(({ job }) => job === "minuteBuckets");
    expect(minutes).toMatchObject({ removed: 100 });
    expect(await ada.query(api.sessions.mine, {})).toHaveLength(1);
  });

  test("agents that were not seen for 90 days are retired, and time series without points are not counted", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    const { projectId, report } = await newProject(backend, ada);
    await report([{ kind: "counter", value: 5 }, { name: "idle", value: 3 }, { agent: "old" }]);
    const now = Date.now();
    const age = async (table: string, change: (row: Stored) => Stored) =>
      await backend.store(table, (await backend.rows(table)).map(change), "replace");
    await age("agents", (row) => (row.agent === "old" ? { ...row, lastSeenAt: now - 90.1 * DAY } : row));
    await age("timeSeries", (row) => (row.name === "idle" ? { ...row, arrivedAt: now - 30.1 * DAY } : row));
    await runJobs();
    const agents = await ada.query(api.agents.list, { projectId });
    expect(agents.map(({ agent }) => agent)).toEqual(["scout"]);
    expect(await ada.query(api.agents.get, { projectId, agent: "old" })).toMatchObject({
      retiredAt: expect.any(Number),
    });
    const { series } = await ada.query(api.agents.get, { projectId, agent: "scout" });
    expect(series.map(({ name }) => name)).toEqual(["latency"]);
    const [overview] = await backend.rows("overviews");
    expect(overview).toMatchObject({ agents: [{ agent: "scout", series: 1 }] });
    // Its buckets are kept: the open hour and day were closed.
    const chart = { projectId, agent: "scout", name: "idle" };
    for (const range of ["7d", "90d"] as const) {
      expect(await ada.query(api.metrics.series, { ...chart, range })).toMatchObject([{ sum: 3 }]);
    }
    await age("agents", (row) => (row.agent === "old" ? { ...row, retiredAt: now - 400.1 * DAY } : row));
    await runJobs();
    expect((await backend.rows("agents")).map(({ agent }) => agent)).toEqual(["scout"]);
  });

  test("a job that runs is not started again, and one whose run failed is", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    await runJobs();
    const now = Date.now();
    const running = { job: "batches", run: 7, startedAt: now, stepAt: now, removed: 0 };
    await backend.store("jobs", [running], "replace");
    await backend.run("jobs:start", {});
    const job = async () => (await backend.rows("jobs")).find((row) => row.job === "batches");
    expect(await job()).toMatchObject({ run: 7 });
    await backend.store("jobs", [{ ...running, stepAt: now - 6 * MINUTE }], "replace");
    await backend.run("jobs:start", {});
    await expect.poll(job).toMatchObject({ run: 8, endedAt: expect.any(Number) });
    // A step of the failed run does nothing any more.
    expect(await backend.run("jobs:step", { job: "batches", run: 7 })).toMatchObject({ status: "success" });
    expect(await job()).toMatchObject({ run: 8 });
  });
});

test("a deleted user's addresses leave the audit log, however many entries there are", async () => {
  const grace = await signIn(backend, "grace");
  const entry = {
    userId: grace.userId,
    event: "login",
    timestamp: Date.now(),
    ipAddress: "203.0.113.7",
    userAgent: "x",
  };
  await backend.store("auditLogs", Array(500).fill(entry));
  await grace.mutation(api.edge.accountDeleted, { edge: EDGE_SECRET });
  const left = async () =>
    (await backend.rows("auditLogs")).filter(
      (row) => row.userId === grace.userId && row.ipAddress !== undefined,
    );
  await expect.poll(left, { timeout: 10_000 }).toEqual([]);
  const kept = (await backend.rows("auditLogs")).filter((row) => row.userId === grace.userId);
  expect(kept.length).toBeGreaterThan(500);
  expect(kept.every((row) => row.userAgent === undefined)).toBe(true);
});

describe("migrations", () => {
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

  test("data from before batches moves without a change of any chart", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    await runJobs();
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
    expect(before.map(({ length }) => length > 0)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    const newest = points.toSorted((a, b) => b.at - a.at)[0];
    expect((await ada.query(api.projects.mine, {})).map(({ name }) => name)).toEqual(["Engine"]);

    await runJobs();
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
