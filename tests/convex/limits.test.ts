/** What functions read and write, compared with Convex's limits and with what the app promises. */
import type { Value } from "convex/values";
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Rule } from "../../convex/model/alerts/rules.ts";
import { type Point, packPoints, type Total } from "../../convex/model/points.ts";
import { EDGE_SECRET, openBackends, type Row, type TestBackend } from "./backend.ts";
import type { Member } from "./people.ts";
import { HOUR, newScene, type Reporting } from "./reporting.ts";

const { startBackend, startBackendAlone } = openBackends();

/** Half of Convex's limits of a transaction. */
const HALF = {
  indexRanges: 4_096 / 2,
  documentsRead: 32_000 / 2,
  documentsWritten: 16_000 / 2,
  bytesRead: (16 << 20) / 2,
  bytesWritten: (16 << 20) / 2,
};

let backend: TestBackend;
let grace: Member;
let project: Reporting;
beforeEach(() => begin(startBackend));

async function begin(start: () => Promise<TestBackend>): Promise<void> {
  ({ backend, grace, project } = await newScene(start()));
}

/** Returns the project's rows of a table. */
const rowsOf = async (table: string) =>
  (await backend.rows(table)).filter(({ projectId }) => projectId === project.projectId);

/** Returns how often a function was called, 0 if never. */
const callsOf = async (path: string) => (await backend.highestUse(path).catch(() => null))?.calls ?? 0;

async function expectHalf(path: string): Promise<void> {
  const use = await backend.highestUse(path);
  for (const [measure, limit] of Object.entries(HALF)) {
    expect(use[measure as keyof typeof HALF], `${measure} of ${path}`).toBeLessThan(limit);
  }
}

const all = (over: object = {}) =>
  Array.from({ length: 500 }, (_, i) => ({
    agent: `agent ${i % 100}`,
    name: `metric ${Math.floor(i / 100)}`,
    kind: i < 400 ? ("gauge" as const) : ("counter" as const),
    value: i,
    ...over,
  }));

/** A rule for all agents about one of their metrics. */
const threshold = (name: string, value: number): Rule => ({
  ...{ kind: "threshold", agent: null, name, of: "max", window: "24h", is: "above", value },
});

/** Adds rules and channels before there is an agent. Two of the rules are broken by all agents. */
async function addAlerts(): Promise<void> {
  const { projectId } = project;
  for (let i = 0; i < 5; i++) {
    const address = `http://127.0.0.1:9/${i}`;
    await grace.mutation(api.alertChannels.create, { projectId, kind: "webhook", address });
  }
  const rules: Rule[] = [
    { kind: "silent", agent: null },
    { kind: "state", agent: null, state: "failed" },
    ...Array.from({ length: 6 }, (_, i) => threshold(`metric ${i % 5}`, i < 2 ? -1 : 1_000 + i)),
  ];
  for (const rule of rules) await grace.mutation(api.alertRules.create, { projectId, rule });
}

/** Sends points of one resource as the worker does. */
async function sendPoints(points: readonly Point[]): Promise<void> {
  const bodyHash = `${points[0]?.resource} ${Math.random()}`;
  const sent = await backend.nobody.mutation(api.metrics.ingest, {
    ...{ edge: EDGE_SECRET, keyHash: project.keyHash, path: "/api/v1/otlp/v1/metrics" },
    batch: { metrics: [], statuses: [], points: packPoints(points), bodyHash },
  });
  expect(sent).toMatchObject({ outcome: "accepted" });
}

/** When all streams started, in Unix ms. */
const STARTED = Date.now() - 1_000;

/** Returns points of cumulative streams. */
function cumulative(resource: string, count: number, total: (i: number) => Total): Point[] {
  const at = Date.now();
  return Array.from({ length: count }, (_, i) => ({
    ...{ agent: "scout", name: `${resource} ${i % 100}`, resource, at },
    said: {
      kind: total(i).count === undefined ? "counter" : "histogram",
      stream: { id: `${resource} ${i}`, start: STARTED, at, total: total(i) },
    },
  }));
}

test("a request of 500 items reads at most 10 index ranges and writes at most 3 documents", async () => {
  await addAlerts();
  await project.send([{}], [], "one");
  const { indexRanges, documentsWritten } = await backend.highestUse("metrics:ingest");
  await project.fold();
  await project.send(all(), [], "500");
  await sendPoints(cumulative("one", 500, (sum) => ({ sum })));
  const use = await backend.highestUse("metrics:ingest");
  expect(Math.max(indexRanges, use.indexRanges)).toBeLessThanOrEqual(10);
  expect(Math.max(documentsWritten, use.documentsWritten)).toBeLessThanOrEqual(3);
});

test("500 items of 500 time series stay under half of every limit, new, known, five times and late, with alerts", async () => {
  await addAlerts();
  const before = await callsOf("compaction:run");
  await project.report(all());
  await project.report(all());
  await Promise.all(Array.from({ length: 5 }, (_, i) => project.send(all(), [], `request ${i}`)));
  await project.fold();
  // Twice, because the second time there are chunks to change.
  for (let times = 0; times < 2; times++) await project.report(all({ at: Date.now() - 49 * HOUR }));
  await expectHalf("compaction:run");
  expect((await callsOf("compaction:run")) - before).toBeGreaterThan(4);
  const incidents = async () => (await rowsOf("incidents")).length;
  await expect.poll(incidents, { timeout: 20_000 }).toBe(200);
  await expectHalf("alerting:evaluate");
  // Of each agent 2 incidents and when it is due; the messages over the limit of a channel are in one digest.
  const { documentsWritten } = await backend.highestUse("alerting:evaluate");
  expect(documentsWritten).toBeLessThan(40 * 3 + 5 * 20 + 10);
}, 60_000);

test("streams of several resources with large histograms are folded in parts", async () => {
  const counts = Array.from({ length: 160 }, () => 1_000_000);
  const run = { offset: 0, counts };
  const distribution = { scale: 5, zero: 0, zeroWidth: 0, positive: run, negative: run };
  const resources = Array.from({ length: 4 }, (_, i) => `resource ${i}`);
  for (const resource of resources) {
    await sendPoints(cumulative(resource, 700, () => ({ sum: 5, count: 10, distribution })));
  }
  await project.fold();
  const before = await callsOf("compaction:run");
  await sendPoints(resources.flatMap((resource) => cumulative(resource, 1, () => ({ sum: 7, count: 11 }))));
  await project.fold();
  expect((await callsOf("compaction:run")) - before).toBeGreaterThan(1);
  await expectHalf("compaction:run");
  const { projectId } = project;
  for (const resource of resources) {
    const args = { projectId, agent: "scout", name: `${resource} 0`, range: "24h" as const };
    const buckets = await grace.query(api.metrics.series, args);
    expect(buckets.reduce((all, { count }) => all + count, 0)).toBe(71);
  }
}, 60_000);

test("time series and streams leave a project with the largest overview within the limits", async () => {
  await begin(startBackendAlone);
  await project.report([{}]);
  const { projectId } = project;
  const [overview] = (await backend.rows("overviews")) as [Row & { agents: Record<string, Value>[] }];
  const large = Array.from({ length: 200 }, (_, i) => {
    return { ...overview.agents[0], agent: `agent ${i}`, message: "x".repeat(4_000) } as Value;
  });
  await backend.store("overviews", [{ ...overview, agents: large, streams: 30 }], "replace");
  const [series] = (await backend.rows("timeSeries")) as [Row];
  const { _id, _creationTime, ...fields } = series;
  const idle = Array.from({ length: 30 }, (_, i) => ({ ...fields, name: `idle ${i}`, arrivedAt: 1 }));
  await backend.store("timeSeries", idle);
  const row = { projectId, resource: "r", firstAt: 1, at: 1, streams: [] };
  await backend.store("streams", Array(30).fill(row));
  await backend.store(
    "agents",
    Array.from({ length: 30 }, (_, i) => ({
      ...{ projectId, agent: `agent ${i}`, firstSeenAt: 1, lastSeenAt: 1, reportAt: 1 },
      ...{ reports: [], doneReports: [] },
    })),
  );
  await backend.run("jobs:start", {});
  const left = async (table: string) => (await backend.rows(table)).length;
  await expect.poll(() => left("streams"), { timeout: 20_000 }).toBe(0);
  await expect.poll(() => left("timeSeries"), { timeout: 20_000 }).toBe(1);
  const agents = async () => (await grace.query(api.agents.list, { projectId })).length;
  await expect.poll(agents, { timeout: 20_000 }).toBe(170);
  await expectHalf("jobs:step");
}, 60_000);

test("a dashboard of 50 projects of 20 agents reads 60 documents and 1 MB, besides those of the user", async () => {
  const agents = Array.from({ length: 20 }, (_, i) => `agent ${i}`);
  const names = ["tasks done", "seconds per task", "tokens in", "tokens out", "cost"];
  // A day of five time series of each agent.
  for (let hour = 24; hour >= 0; hour -= 5) {
    const hours = [0, 1, 2, 3, 4].map((i) => Date.now() - (hour - i) * HOUR).filter((at) => at <= Date.now());
    const points = hours.flatMap((at) =>
      agents.flatMap((agent) =>
        names.map((name) => ({ agent, name, value: 12.5, at, kind: "counter" as const })),
      ),
    );
    const statuses = agents.map((agent) => ({
      agent,
      state: "working" as const,
      message: "Step 3 of the plan",
    }));
    await project.report(points.slice(0, 480), hour < 5 ? statuses : []);
  }
  const [overview] = await rowsOf("overviews");
  const { _id, _creationTime, ...fields } = overview as Row;
  const copies = [];
  for (let made = 1; made < 50; made++) {
    const projectId = await grace.mutation(api.projects.create, { name: `Project ${made}` });
    copies.push({ ...fields, projectId });
  }
  await backend.store("overviews", copies);
  const { projects } = await grace.query(api.pages.dashboard, {});
  expect(projects.map(({ agents }) => agents?.length)).toEqual(Array(50).fill(20));
  expect(projects[0]?.agents?.[0]?.line.values).toHaveLength(24);
  const use = await backend.highestUse("pages:dashboard");
  // The user's own: the row of the user, the preferences and 50 memberships.
  expect(use.documentsRead - 52).toBeLessThanOrEqual(60);
  expect(use.bytesRead).toBeLessThan(1_000_000);

  // An open dashboard runs this query when a project changes: the user, the membership and the overview.
  await grace.query(api.projects.overview, { projectId: projects[0]?._id ?? "" });
  expect((await backend.highestUse("projects:overview")).documentsRead).toBeLessThanOrEqual(3);
});

test("50 open dashboards of a user share the runs of a query", async () => {
  await project.send([{ value: 0 }]);
  const { projectId } = project;
  const claims = { sub: grace.workosUserId, sid: grace.sessionId };
  const shown = Array<number>(50).fill(Number.NaN);
  const tabs = shown.map((_, index) => {
    const tab = backend.connect(claims);
    tab.onUpdate(api.projects.overview, { projectId }, ([agent]) => {
      shown[index] = agent?.metrics[0]?.value ?? Number.NaN;
    });
    return tab;
  });
  const show = (value: number) => expect.poll(() => new Set(shown)).toEqual(new Set([value]));
  await show(0);
  const before = await callsOf("projects:overview");
  for (let value = 1; value <= 3; value++) {
    await project.send([{ value }]);
    await show(value);
  }
  expect((await callsOf("projects:overview")) - before).toBeLessThanOrEqual(2 * 3);
  await Promise.all(tabs.map((tab) => tab.close()));
});
