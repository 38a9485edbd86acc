/** Agents: what they report, their rhythm, and what owners set. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { dayOf } from "../../convex/model/days.ts";
import { CONFLICTS, openBackends } from "./backend.ts";
import { type Member, rejectionOf } from "./people.ts";
import { DAY, HOUR, MINUTE, newScene, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let grace: Member;
let project: Reporting;

beforeEach(async () => {
  ({ grace, project } = await newScene(startBackend(CONFLICTS)));
});

const list = () => grace.query(api.agents.list, { projectId: project.projectId });
const get = (agent = "scout") => grace.query(api.agents.get, { projectId: project.projectId, agent });
const history = (agent = "scout") => grace.query(api.agents.history, { projectId: project.projectId, agent });
const overview = (who = grace) => who.query(api.projects.overview, { projectId: project.projectId });

async function summaryAndAgents() {
  const [listed] = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
  return listed;
}

describe("reports", () => {
  test("a metric, a status or a ping makes an agent known, and the newest values are shown", async () => {
    const now = Date.now();
    await project.report(
      [
        { agent: "b", name: "load", value: 1, at: now - 3_000 },
        { agent: "b", name: "tokens", value: 5, kind: "counter", at: now - 2_000 },
        { agent: "b", name: "z", value: 9, at: now - 1_000 },
        { agent: "b", name: "a", value: 8, at: now - 1_000 },
      ],
      [{ agent: "a", state: "waiting", message: "which\nbranch?", at: now - 5_000 }, { agent: "c" }],
    );
    const absent = { state: null, message: null, stateAt: null, everyMs: null, mutedUntil: null };
    const midnight = dayOf("UTC", now).since;
    expect(await list()).toEqual([
      {
        ...absent,
        agent: "a",
        state: "waiting",
        message: "which branch?",
        stateAt: now - 5_000,
        lastSeenAt: now - 5_000,
        metrics: [],
      },
      {
        ...absent,
        agent: "b",
        lastSeenAt: now - 1_000,
        metrics: [
          { name: "a", kind: "gauge", value: 8, at: now - 1_000, today: null },
          { name: "z", kind: "gauge", value: 9, at: now - 1_000, today: null },
          { name: "tokens", kind: "counter", value: 5, at: now - 2_000, today: { since: midnight, sum: 5 } },
        ],
      },
      { ...absent, agent: "c", lastSeenAt: expect.any(Number), metrics: [] },
    ]);
    const details = await get("b");
    expect(details).toMatchObject({ firstSeenAt: now - 3_000, retiredAt: null, everySetMs: null });
    expect(details.series.map(({ name }) => name)).toEqual(["a", "load", "tokens", "z"]);
    expect(details.metrics).toEqual((await list())[1]?.metrics);
    expect(await rejectionOf(get("nobody"))).toBe("not_found");
    expect(await rejectionOf(history("nobody"))).toBe("not_found");
  });

  test("an agent is never seen later than its items arrived", async () => {
    const before = Date.now();
    await project.report([{ at: before + 4 * MINUTE }]);
    const [agent] = await list();
    expect(agent?.lastSeenAt).toBeLessThan(before + MINUTE);
    expect(agent?.metrics[0]?.at).toBe(before + 4 * MINUTE);
  });

  test("an older status changes nothing, and one with the same time replaces state and message", async () => {
    const at = Date.now() - MINUTE;
    await project.report([], [{ state: "working", message: "one", at }]);
    await project.report([], [{ state: "failed", at: at - 1 }]);
    expect(await list()).toMatchObject([{ state: "working", message: "one", stateAt: at }]);
    await project.report([], [{ state: "done", at }]);
    expect(await list()).toMatchObject([{ state: "done", message: null, stateAt: at }]);
    expect(await history()).toEqual([
      { state: "done", message: null, at },
      { state: "working", message: "one", at },
    ]);
  });

  test("the last 50 changes of state are kept; a new message is no change", async () => {
    const at = Date.now() - HOUR;
    const states = ["working", "done"] as const;
    const changes = Array.from({ length: 120 }, (_, i) => ({
      state: states[Math.floor(i / 2) % 2] ?? "done",
      message: `step ${i}`,
      at: at + i,
    }));
    await project.report([], changes);
    const kept = await history();
    expect(kept).toHaveLength(50);
    expect(kept[0]).toEqual({ state: "done", message: "step 118", at: at + 118 });
    expect(kept.at(-1)?.message).toBe("step 20");
  });

  test("the interval is learned from 10 reports, and that of the state done from 3 reports of done", async () => {
    const now = Date.now();
    const ages = Array.from({ length: 10 }, (_, i) => (10 - i) * HOUR);
    await project.report(ages.slice(0, 9).map((age) => ({ at: now - age })));
    expect(await list()).toMatchObject([{ everyMs: null }]);
    await project.report([{ at: now - HOUR }]);
    expect(await list()).toMatchObject([{ everyMs: HOUR }]);
    const done = (days: number) => ({ agent: "nightly", state: "done" as const, at: now - days * DAY });
    await project.report([], [done(2), done(1)]);
    expect(await list()).toMatchObject([{ agent: "nightly", everyMs: null }, {}]);
    await project.report([], [done(0)]);
    expect(await list()).toMatchObject([{ agent: "nightly", everyMs: DAY }, {}]);
    await project.report([], [{ state: "waiting" }]);
    expect(await get()).toMatchObject({ everyMs: null, everyLearnedMs: null });
  });

  test("a done that is older than what the agent sent before is no report of done", async () => {
    const now = Date.now();
    const done = (minutes: number) => ({ state: "done" as const, at: now - minutes * MINUTE });
    await project.report([{ at: now }]);
    for (const minutes of [50, 30, 10]) await project.report([], [done(minutes)]);
    expect(await list()).toMatchObject([{ state: "done", stateAt: now - 10 * MINUTE, everyMs: null }]);
    // Metrics of the same batch, which are folded first, are no reason.
    for (const minutes of [50, 30, 10]) {
      const later = now - minutes * MINUTE + 5_000;
      await project.report([{ agent: "other", at: later }], [{ ...done(minutes), agent: "other" }]);
    }
    expect(await list()).toMatchObject([{ agent: "other", everyMs: 20 * MINUTE }, { everyMs: null }]);
  });

  test("a silent agent stays in every list when 199 other agents report later", async () => {
    const now = Date.now();
    await project.report([{ agent: "silent", at: now - 40 * MINUTE }]);
    const others = Array.from({ length: 199 }, (_, i) => `agent ${i}`);
    for (const name of ["latency", "load"]) await project.report(others.map((agent) => ({ agent, name })));
    const listed = await summaryAndAgents();
    const page = await grace.query(api.pages.dashboard, {});
    for (const agents of [await list(), listed?.agents, page.projects[0]?.agents]) {
      expect(agents).toHaveLength(200);
      expect(agents?.find(({ agent }) => agent === "silent")?.lastSeenAt).toBe(now - 40 * MINUTE);
    }
    expect(listed?.summary).toEqual({
      agents: 200,
      failed: 0,
      waiting: 0,
      muted: 0,
      nextSilentAt: now - 25 * MINUTE,
    });
  });
});

describe("sparklines", () => {
  test("the newest metric has the means of its hours; a counter has their sums", async () => {
    const hour = Math.floor(Date.now() / HOUR) * HOUR;
    const both = [
      { agent: "gauge", kind: "gauge" as const },
      { agent: "counter", kind: "counter" as const },
    ];
    const points = (at: number, values: number[]) =>
      values.flatMap((value) => both.map((one) => ({ ...one, value, at })));
    await project.report(points(hour - 30 * HOUR, [2, 4]));
    await project.report([...points(hour - 3 * HOUR, [1]), ...points(hour, [5, 7])]);
    // A late point of a closed hour.
    await project.report(points(hour - 30 * HOUR, [6]));
    const hours = [hour - 30 * HOUR, hour - 3 * HOUR, hour];
    expect(await overview()).toMatchObject([
      { agent: "counter", line: { hours, values: [12, 1, 12] } },
      { agent: "gauge", line: { hours, values: [4, 1, 6] } },
    ]);
  });

  test("it has the last 24 hours with data of a week", async () => {
    const hour = Math.floor(Date.now() / HOUR) * HOUR;
    await project.report(
      Array.from({ length: 80 }, (_, i) => ({ at: hour - (80 - i) * 2 * HOUR, value: i })),
    );
    const [agent] = await overview();
    expect(agent?.line.values).toEqual(Array.from({ length: 24 }, (_, i) => 56 + i));
  });
});

describe("settings", () => {
  const set = {
    interval: (everyMs: number | null, agent = "scout") =>
      grace.mutation(api.agents.setInterval, { projectId: project.projectId, agent, everyMs }),
    mute: (until: number | null, agent = "scout") =>
      grace.mutation(api.agents.mute, { projectId: project.projectId, agent, until }),
    retire: (agent = "scout") => grace.mutation(api.agents.retire, { projectId: project.projectId, agent }),
  };

  test("a set interval is used in every state, and null uses the learned one again", async () => {
    await project.report([{}], [{ state: "waiting" }]);
    await set.interval(90_000);
    expect(await list()).toMatchObject([{ everyMs: 90_000 }]);
    expect(await get()).toMatchObject({ everyMs: 90_000, everySetMs: 90_000, everyLearnedMs: null });
    await project.report([{}]);
    expect(await list()).toMatchObject([{ everyMs: 90_000 }]);
    await set.interval(null);
    expect(await list()).toMatchObject([{ everyMs: null }]);
    for (const invalid of [59_999, 2_678_400_001, NaN, -1]) {
      expect(await rejectionOf(set.interval(invalid))).toBe("invalid");
    }
  });

  test("a muted agent is counted apart until the time has passed", async () => {
    await project.report([], [{ state: "failed" }]);
    expect((await summaryAndAgents())?.summary).toMatchObject({ failed: 1, muted: 0 });
    const until = Date.now() + 2_000;
    await set.mute(until);
    expect(await list()).toMatchObject([{ mutedUntil: until }]);
    expect((await summaryAndAgents())?.summary).toMatchObject({ failed: 0, muted: 1 });
    const failed = async () => (await summaryAndAgents())?.summary.failed;
    await expect.poll(failed, { timeout: 10_000 }).toBe(1);
    await set.mute(Date.now() + DAY);
    await set.mute(null);
    expect(await list()).toMatchObject([{ mutedUntil: null }]);
    for (const invalid of [Date.now() - 1, Date.now() + 367 * DAY, NaN]) {
      expect(await rejectionOf(set.mute(invalid))).toBe("invalid");
    }
  });

  test("a retired agent is in no list until it reports again", async () => {
    await project.report([{ kind: "counter", value: 3 }, { agent: "other" }]);
    await set.retire();
    expect((await list()).map(({ agent }) => agent)).toEqual(["other"]);
    expect((await summaryAndAgents())?.summary.agents).toBe(1);
    expect(await get()).toMatchObject({ retiredAt: expect.any(Number), series: [{ value: 3 }] });
    await project.report([], [{ state: "working" }]);
    // With what was known of it.
    expect(await list()).toMatchObject([
      { agent: "other" },
      { agent: "scout", state: "working", metrics: [{ name: "latency", value: 3, today: { sum: 3 } }] },
    ]);
    expect(await get()).toMatchObject({ retiredAt: null });
  });

  test("a batch that arrived before an agent was retired does not bring it back", async () => {
    await project.report([{ value: 1 }]);
    await project.send([{ value: 2 }]);
    await set.retire();
    await project.fold();
    expect(await list()).toEqual([]);
    expect(await get()).toMatchObject({ series: [{ value: 2 }] });
  });

  test("changes are logged, and a repeated one is not", async () => {
    await project.report([{}]);
    const until = Date.now() + HOUR;
    for (let times = 0; times < 2; times++) {
      await set.interval(60_000);
      await set.mute(until);
      await set.retire();
    }
    await set.mute(null);
    const { page } = await grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 4, cursor: null } });
    expect(page.map(({ event }) => event)).toEqual([
      "agent_unmuted",
      "agent_retired",
      "agent_muted",
      "agent_interval_changed",
    ]);
    expect(page[0]).toMatchObject({ actorId: grace.userId, target: "scout" });
  });

  test("an unknown agent is not_found", async () => {
    expect(await rejectionOf(set.interval(60_000, "x"))).toBe("not_found");
    expect(await rejectionOf(set.mute(null, "x"))).toBe("not_found");
    expect(await rejectionOf(set.retire("x"))).toBe("not_found");
  });
});
