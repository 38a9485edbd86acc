/** What functions read and write, compared with Convex's limits and with what the app promises. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { openBackends, type Row, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";
import { HOUR, newProject, type Reporting } from "./reporting.ts";

const { startBackendAlone } = openBackends();

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
beforeEach(async () => {
  backend = await startBackendAlone();
  grace = await signIn(backend, "grace");
  project = await newProject(backend, grace);
});

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

test("a request of 500 items reads at most 10 index ranges and writes at most 3 documents", async () => {
  await project.send([{}], [], "one");
  const { indexRanges, documentsWritten } = await backend.highestUse("metrics:ingest");
  await project.folded();
  await project.send(all(), [], "500");
  const use = await backend.highestUse("metrics:ingest");
  expect(Math.max(indexRanges, use.indexRanges)).toBeLessThanOrEqual(10);
  expect(Math.max(documentsWritten, use.documentsWritten)).toBeLessThanOrEqual(3);
});

test("500 items of 500 time series stay under half of every limit, new, known and late", async () => {
  await project.report(all());
  await project.report(all());
  // Twice, because the second time there are chunks to change.
  for (let times = 0; times < 2; times++) await project.report(all({ at: Date.now() - 49 * HOUR }));
  await expectHalf("compaction:run");
  expect((await backend.highestUse("compaction:run")).calls).toBeGreaterThan(4);
});

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
  const [overview] = await backend.rows("overviews");
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
  await project.report([{ value: 0 }]);
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
  const before = (await backend.highestUse("projects:overview")).calls;
  for (let value = 1; value <= 3; value++) {
    await project.report([{ value }]);
    await show(value);
  }
  expect((await backend.highestUse("projects:overview")).calls - before).toBeLessThanOrEqual(2 * 3);
  await Promise.all(tabs.map((tab) => tab.close()));
});
