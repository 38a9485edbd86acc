/** Page queries about projects and their agents. */
import { type FunctionReference, getFunctionName } from "convex/server";
import type { Value } from "convex/values";
import { beforeEach, expect, test, vi } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import { files, inside } from "../source-files.ts";
import { openBackends, type TestBackend } from "./backend.ts";
import { idOf, type Member, rejectionOf, sessionOf, signIn } from "./people.ts";
import { HOUR, newScene, type Reporting } from "./reporting.ts";

const { startBackend, startBackendAlone } = openBackends();

let backend: TestBackend;
let grace: Member;
let project: Reporting;
let projectId: Id<"projects">;
beforeEach(async () => {
  ({ backend, grace, project } = await newScene(startBackend()));
  projectId = project.projectId;
});

const range = "1h" as const;

test("a project's page has the chart of the latest metric, or of the metric named in the URL", async () => {
  const now = Date.now();
  expect(await grace.query(api.pages.project, { projectId, range })).toMatchObject({
    chart: null,
    agents: [],
  });
  await project.report([
    { agent: "scout", name: "latency", value: 1, at: now - 2000 },
    { agent: "ranger", name: "load", value: 2, at: now - 1000 },
  ]);
  const newest = await grace.query(api.pages.project, { projectId, range });
  expect(newest.chart).toMatchObject({ agent: "ranger", name: "load", buckets: [{ count: 1, sum: 2 }] });
  expect(newest.recent.page.map(({ value }) => value)).toEqual([2, 1]);
  const named = await grace.query(api.pages.project, { projectId, range, agent: "scout", name: "latency" });
  expect(named.chart).toMatchObject({ agent: "scout", buckets: [{ sum: 1 }] });
  const unknown = await grace.query(api.pages.project, {
    projectId,
    range,
    agent: "nobody",
    name: "nothing",
  });
  expect(unknown.chart).toEqual({ agent: "nobody", name: "nothing", kind: "gauge", buckets: [] });
});

test("an agent's page has its states, its newest or the named metric, and only its own events", async () => {
  const now = Date.now();
  await project.report(
    [
      { agent: "scout", name: "latency", value: 1, at: now - 2000 },
      { agent: "scout", name: "tokens", kind: "counter", value: 7, at: now - 1000 },
      { agent: "ranger", name: "load", value: 2, at: now },
    ],
    [{ agent: "scout", state: "failed", message: "disk is full", at: now - 500 }],
  );
  const page = await grace.query(api.pages.agent, { projectId, agent: "scout", range });
  expect(page).toMatchObject({
    project: { name: "Engine", archivedAt: null },
    membership: "owner",
    agent: { agent: "scout", state: "failed", series: [{ name: "latency" }, { name: "tokens" }] },
    history: [{ state: "failed", message: "disk is full", at: now - 500 }],
    chart: { name: "tokens", kind: "counter", buckets: [{ sum: 7 }] },
  });
  expect(page.recent.page.map(({ name }) => name)).toEqual(["tokens", "latency"]);
  const named = await grace.query(api.pages.agent, { projectId, agent: "scout", range, name: "latency" });
  expect(named.chart).toMatchObject({ name: "latency", kind: "gauge", buckets: [{ sum: 1 }] });
  const gone = await grace.query(api.pages.agent, { projectId, agent: "scout", range, name: "gone" });
  expect(gone.chart).toEqual({ name: "gone", kind: "gauge", buckets: [] });
  const nobody = grace.query(api.pages.agent, { projectId, agent: "nobody", range });
  expect(await rejectionOf(nobody)).toBe("not_found");
});

test("a page of one agent's events is short, not slow, in a project where others report", async () => {
  const rounds = 11;
  await project.report([{ agent: "scout", value: 5 }]);
  for (let round = 0; round < rounds; round++) {
    await project.send(Array.from({ length: 500 }, (_, i) => ({ agent: "ranger", value: i })));
  }
  const pageAt = (cursor: string | null) =>
    grace.query(api.metrics.recent, {
      projectId,
      agent: "scout",
      paginationOpts: { numItems: 20, cursor },
    });
  const first = await pageAt(null);
  expect([first.page, first.isDone]).toEqual([[], false]);
  const second = await pageAt(first.continueCursor);
  expect([second.page.map(({ value }) => value), second.isDone]).toEqual([[5], true]);
});

test("a project's page has the totals of counters", async () => {
  await project.report([{ name: "tokens", kind: "counter", value: 7 }, { name: "load" }]);
  const { totals } = await grace.query(api.pages.project, { projectId, range });
  expect(totals).toMatchObject([{ agent: "scout", name: "tokens", last7d: 7, last30d: 7 }]);
});

test("a project's page lists API keys only for users who can manage them", async () => {
  const alan = await signIn(backend, "alan");
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  const asOwner = await grace.query(api.pages.project, { projectId, range });
  expect(asOwner).toMatchObject({ membership: "owner", keys: [{ name: "Laptop" }] });
  expect(await alan.query(api.pages.project, { projectId, range })).toMatchObject({
    viewer: { _id: alan.userId },
    membership: "member",
    keys: null,
  });
});

test("a cursor returns older entries, and an invalid cursor is not_found", async () => {
  const now = Date.now();
  await project.report(
    Array.from({ length: 25 }, (_, i) => ({ agent: "a", name: "n", value: i, at: now - i * 1000 })),
  );
  const values = async (cursor?: string) => {
    const { recent } = await grace.query(api.pages.project, { projectId, range, ...(cursor && { cursor }) });
    return { values: recent.page.map(({ value }) => value), next: recent.continueCursor };
  };
  const first = await values();
  expect(first.values).toEqual(Array.from({ length: 20 }, (_, i) => 24 - i));
  expect((await values(first.next)).values).toEqual([4, 3, 2, 1, 0]);
  for (const cursor of ["nonsense", "[]", "x".repeat(10_000), "\u0000"]) {
    expect(await rejectionOf(values(cursor))).toBe("not_found");
  }
});

test("the dashboard has every agent of each project with its sparkline", async () => {
  await grace.mutation(api.projects.create, { name: "Silent" });
  await project.report([{ value: 2 }, { value: 4 }]);
  const dashboard = await grace.query(api.pages.dashboard, {});
  expect(dashboard.projects.map(({ name }) => name)).toEqual(["Silent", "Engine"]);
  const [, engine] = dashboard.projects;
  expect(engine?.agents).toMatchObject([{ agent: "scout", line: { values: [3] } }]);
  // The page counts the agents itself.
  expect(engine).not.toHaveProperty("summary");
  expect(await grace.query(api.projects.overview, { projectId })).toEqual(engine?.agents);
  const mine = await grace.query(api.projects.mine, {});
  expect(mine).toEqual(dashboard.projects.map(({ agents, summary, ...listed }) => listed));
});

test("the export has the user's projects, but no API key and no other user's e-mail", async () => {
  const alan = await signIn(backend, "alan");
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  const exported = await grace.query(api.pages.accountExport, {});
  expect(exported).toMatchObject({
    viewer: { email: grace.email, preferences: { theme: null } },
    projects: [{ _id: projectId, name: "Engine", role: "owner" }],
    sessions: [{ sessionId: grace.sessionId }],
  });
  expect(JSON.stringify(exported)).not.toContain(alan.email);
  expect(JSON.stringify(exported)).not.toContain(project.keyHash);
});

test("the page of a project is forbidden to a user who was never synced", async () => {
  const unsynced = backend.as({ sub: idOf(backend, "new"), sid: sessionOf(backend, "new") });
  expect(await rejectionOf(unsynced.query(api.pages.project, { projectId, range }))).toBe("forbidden");
});

/** Returns the queries that open pages subscribe to, with arguments. */
function liveQueries(): [FunctionReference<"query">, Record<string, Value>][] {
  const ofProject = { projectId };
  const ofAgent = { ...ofProject, agent: "scout" };
  const firstPage = { paginationOpts: { numItems: 20, cursor: null } };
  const until = Math.floor(Date.now() / HOUR) * HOUR;
  return [
    ...[api.projects.get, api.projects.overview, api.projectKeys.list].map((query) => [query, ofProject]),
    ...[api.agents.get, api.agents.history].map((query) => [query, ofAgent]),
    [api.metrics.series, { ...ofAgent, name: "latency", range: "1h", until }],
    [api.metrics.totals, { ...ofProject, until }],
    ...[api.metrics.recent, api.alertDeliveries.list].map((query) => [query, { ...ofProject, ...firstPage }]),
    ...[api.alertRules.list, api.alertChannels.list].map((query) => [query, ofProject]),
    ...[api.incidents.newest, api.incidents.outages].map((query) => [query, ofProject]),
    ...[api.projects.mine, api.incidents.mine, api.sessions.mine, api.users.viewer].map((query) => [
      query,
      {},
    ]),
    ...[api.auditLogs.mine, api.users.list].map((query) => [query, firstPage]),
    [api.pages.adminAudit, {}],
  ] as [FunctionReference<"query">, Record<string, Value>][];
}

test("no query of an open page reads the clock: another tab gets old answers from the cache", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    ({ backend, project } = await newScene(startBackendAlone()));
    projectId = project.projectId;
    // Not with `report`: a later run of the compactor would change answers.
    await project.send([{ value: 1, kind: "counter" }], [{ state: "working" }]);
    await project.folded();
    const ada = await signIn(backend, "ada");
    const queries = liveQueries();
    const named = queries.map(([query]) => getFunctionName(query).replace(":", "."));
    const watched = files
      .filter(({ path }) => inside(path, "app"))
      .flatMap(({ text }) => [...text.matchAll(/useLiveQuer(?:y|ies)\(\s*api\.(\w+\.\w+)/g)]);
    expect(watched.map(([, name]) => name).filter((name) => !named.includes(name ?? ""))).toEqual([]);
    const openTab = async () => {
      const tab = backend.connect({ sub: ada.workosUserId, sid: ada.sessionId });
      const answered = queries.map(
        ([query, args]) => new Promise((resolve) => tab.onUpdate(query, args, resolve, resolve)),
      );
      for (const answer of await Promise.all(answered)) expect(answer).not.toBeInstanceOf(Error);
      return tab;
    };
    const runs = async () =>
      await Promise.all(
        queries.map(async ([query]) => [
          getFunctionName(query),
          (await backend.highestUse(getFunctionName(query))).calls,
        ]),
      );
    const first = await openTab();
    const before = await runs();
    // Convex keeps an answer of a query that reads the clock for some seconds only.
    vi.setSystemTime(Date.now() + 60_000);
    const second = await openTab();
    expect(await runs()).toEqual(before);
    await Promise.all([first.close(), second.close()]);
  } finally {
    vi.useRealTimers();
  }
});
