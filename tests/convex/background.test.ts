/** Background jobs: retention, and deletion of addresses. */
import type { Value } from "convex/values";
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from "../../convex/model/intervals.ts";
import schema from "../../convex/schema.ts";
import { CONFLICTS, EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";
import { newProject } from "./reporting.ts";
import { idleJobs, runJobs } from "./run-jobs.ts";

const { startBackend, startBackendAlone } = openBackends();

let backend: TestBackend;
let ada: Member;

async function begin(start: () => Promise<TestBackend>): Promise<void> {
  backend = await start();
  ada = await signIn(backend, "ada");
}
beforeEach(() => begin(() => startBackend(CONFLICTS)));

type Stored = { [field: string]: Value };

/** Tables without a rule of age: one row for each user, or as many as a user or a project may have. */
const BOUNDED = [
  ...["users", "userSearch", "userSync", "preferences", "migrations"],
  // agents:start
  ...["projects", "projectMembers", "projectInvites", "keyUses", "compactors", "overviews", "summaries"],
  ...["alertRules", "alertChannels", "alertDues", "alertQueue", "alertSenders", "alertClock"],
  // Each row is removed by the compactor or a migration.
  ...["pendingBatches", "latestMetrics"],
  // With rules that the next test is about.
  ...["agents", "agentStates", "timeSeries"],
  // agents:end
];

describe("retention", () => {
  test("each table keeps its rows as long as it should, and no longer", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    await idleJobs(backend);
    // agents:start
    const { projectId, report } = await newProject(backend, ada);
    await report([{}], [{ state: "working" }]);
    const rule = { kind: "silent" as const, agent: null };
    const ruleId = await ada.mutation(api.alertRules.create, { projectId, rule });
    const webhook = { projectId, kind: "webhook" as const, address: "http://127.0.0.1:9/" };
    const { channelId } = await ada.mutation(api.alertChannels.create, webhook);
    // agents:end
    const now = Date.now();
    // agents:start
    const incident = (age: number): Stored => ({
      ...{ projectId, ruleId, rule, agent: "scout", value: null, since: 1, openedAt: 1 },
      ...{ closedAt: now - age, closeReason: "recovered" },
    });
    const delivery = (age: number): Stored => ({
      ...{ projectId, channelId, channelKind: "webhook", incidentId: null, type: "test" },
      ...{ status: "delivered", attempts: 1, claim: 1, createdAt: now - age },
    });
    const ingestion = (age: number): Stored => ({
      ...{ projectId, idempotencyKey: "k", bodyHash: "0", accepted: 1, at: now - age },
    });
    const stream = (age: number): Stored => ({
      ...{ projectId, resource: "r", firstAt: 1, at: now - age, streams: [] },
    });
    const chunk = { offsets: [0], counts: [1], sums: [1], mins: [1], maxs: [1] };
    const stats = (width: number, age: number): Stored => ({
      ...{ projectId, agent: "scout", name: "kept" },
      ...{ width, at: Math.floor((now - age) / width) * width, ...chunk },
    });
    const batch = (age: number): Stored => ({ projectId, at: now - age, metrics: [], statuses: [] });
    // agents:end
    const entry = (age: number): Stored => ({ userId: ada.userId, event: "login", timestamp: now - age });
    const session = (id: string, age: number): Stored => ({
      ...{ sessionId: id, workosUserId: "user_old" },
      ...{ startedAt: now - age, lastSeenAt: now - age },
    });
    const key = (end: Stored): Stored => ({ projectId, name: "K", hash: "0", createdAt: 1, ...end }); // agents:line
    const rows: [table: string, kept: Stored[], gone: Stored[]][] = [
      // agents:start
      ["agentMetrics", [batch(29.9 * DAY)], [batch(30.1 * DAY)]],
      [
        "stats",
        [stats(MINUTE, 8 * DAY), stats(HOUR, 100 * DAY), stats(DAY, 400 * DAY)],
        [stats(MINUTE, 8.2 * DAY), stats(HOUR, 102 * DAY), stats(DAY, 430 * DAY)],
      ],
      // agents:end
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
      // agents:start
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
      ["incidents", [incident(399 * DAY)], [incident(401 * DAY)]],
      ["alertDeliveries", [delivery(29 * DAY)], [delivery(31 * DAY)]],
      ["outages", [{ from: 1, to: now - 399 * DAY }], [{ from: 1, to: now - 401 * DAY }]],
      ["ingestions", [ingestion(0.9 * DAY)], [ingestion(1.1 * DAY)]],
      ["streams", [stream(0.9 * DAY)], [stream(1.1 * DAY)]],
      // agents:end
      [
        "sessionCutoffs",
        [{ workosUserId: "user_old", before: now - 29 * DAY }],
        [{ workosUserId: "user_old", before: now - 31 * DAY }],
      ],
      [
        "organizationMemberships",
        [{ membershipId: "a", updatedAt: 1, deleted: true, receivedAt: now - 29 * DAY }],
        [{ membershipId: "b", updatedAt: 1, deleted: true, receivedAt: now - 31 * DAY }],
      ],
      [
        "pendingAuditLogs",
        [{ workosUserId: "user_new", event: "login", timestamp: now }],
        [{ workosUserId: "user_new", event: "login", timestamp: now - 401 * DAY }],
      ],
    ];
    const tested = [...rows.map(([table]) => table), "jobs", ...BOUNDED];
    expect(Object.keys(schema.tables).filter((table) => !tested.includes(table))).toEqual([]);
    const job = (name: string, age: number): Stored => ({
      ...{ job: name, run: 1, removed: 0 },
      ...{ startedAt: 1, stepAt: now - age, endedAt: now - age },
    });
    await backend.store("jobs", [job("kept", 29 * DAY), job("gone", 31 * DAY)]);
    // More than fit into one step.
    const copiesIn = (table: string) => (table === "auditLogs" ? 150 : 1);
    for (const [table, kept, gone] of rows) {
      await backend.store(table, [...kept, ...Array(copiesIn(table)).fill(gone).flat()]);
    }
    // The rule of these entries goes by the time at which they were stored.
    const entries = (await backend.rows("pendingAuditLogs")).map((row) => ({
      ...row,
      _creationTime: Number(row.timestamp),
    }));
    await backend.store("pendingAuditLogs", entries, "replace");
    const before = new Map<string, number>();
    for (const [table, , gone] of rows) {
      before.set(table, (await backend.rows(table)).length - gone.length * copiesIn(table));
    }
    await runJobs(backend);
    for (const [table] of rows) expect((await backend.rows(table)).length, table).toBe(before.get(table));
    const jobs = await backend.rows("jobs");
    expect(jobs.find(({ job }) => job === "auditLogs")).toMatchObject({ removed: 150 });
    expect(jobs.filter(({ job }) => job === "kept" || job === "gone")).toMatchObject([{ job: "kept" }]);
    expect(await ada.query(api.sessions.mine, {})).toHaveLength(1);
  });

  // agents:start
  test("agents that were not seen for 90 days are retired, and time series without points are not counted", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    const { projectId, report } = await newProject(backend, ada);
    await report([{ kind: "counter", value: 5 }, { name: "idle", value: 3 }, { agent: "old" }]);
    const now = Date.now();
    const age = async (table: string, change: (row: Stored) => Stored) =>
      await backend.store(table, (await backend.rows(table)).map(change), "replace");
    await age("agents", (row) => (row.agent === "old" ? { ...row, lastSeenAt: now - 90.1 * DAY } : row));
    await age("timeSeries", (row) => (row.name === "idle" ? { ...row, arrivedAt: now - 30.1 * DAY } : row));
    await runJobs(backend);
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
    await runJobs(backend);
    expect((await backend.rows("agents")).map(({ agent }) => agent)).toEqual(["scout"]);
  });
  // agents:end

  test("a job that runs is not started again, and one whose run failed is", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    await runJobs(backend);
    const now = Date.now();
    const running = { job: "auditLogs", run: 7, startedAt: now, stepAt: now, removed: 0 };
    await backend.store("jobs", [running], "replace");
    await backend.run("jobs:startOne", { job: "auditLogs" });
    const job = async () => (await backend.rows("jobs")).find((row) => row.job === "auditLogs");
    expect(await job()).toMatchObject({ run: 7 });
    await backend.store("jobs", [{ ...running, stepAt: now - 6 * MINUTE }], "replace");
    await backend.run("jobs:start", {});
    await expect.poll(job).toMatchObject({ run: 8, endedAt: expect.any(Number) });
    // A long job is logged each time it has removed 10,000 more rows.
    const entry = { userId: ada.userId, event: "login", timestamp: now - 401 * DAY };
    await backend.store("auditLogs", Array(20).fill(entry));
    await backend.store("jobs", [{ ...running, removed: 9_990 }], "replace");
    const logged = { event: "job.progress", job: "auditLogs", removed: 10_010, ms: expect.any(Number) };
    const answer = (await backend.run("jobs:step", { job: "auditLogs", run: 7 })) as { logLines: string[] };
    expect(JSON.parse(answer.logLines.join().replace(/^[^{]*|[^}]*$/g, ""))).toMatchObject(logged);
    await expect.poll(job).toMatchObject({ run: 7, removed: 10_010, endedAt: expect.any(Number) });
    await backend.store("jobs", [{ ...running, run: 8, endedAt: now }], "replace");
    // A step of the failed run does nothing any more.
    expect(await backend.run("jobs:step", { job: "auditLogs", run: 7 })).toMatchObject({ status: "success" });
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
