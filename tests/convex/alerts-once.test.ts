/**
 * Incidents open once and close once, and a message has one id, whatever fails: kills at each step, a restart
 * during a backoff, evaluations at the same time or lost, and a clock that jumps.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import { type BackendProcess, CONFLICTS, openBackends, type Row, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { HOUR, MINUTE, newScene, type Reporting } from "./reporting.ts";

const { startBackend, startBackendProcess } = openBackends();

/**
 * Times of the kills after the two reports of an incident in ms: while they are folded, evaluated, and sent. Many more
 * in `npm run test:deep`.
 */
const KILLS = process.env.DEEP_KILLS
  ? Array.from({ length: Number(process.env.DEEP_KILLS) }, (_, i) => {
      const delay = 300 + ((i * 37) % 500);
      return { failed: delay, done: delay };
    })
  : [{ failed: 380, done: 520 }];

let backend: TestBackend;
let grace: Member;
let project: Reporting;
let projectId: Id<"projects">;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

async function begin(start: () => Promise<TestBackend>): Promise<void> {
  ({ backend, grace, project } = await newScene(start()));
  projectId = project.projectId;
  await grace.mutation(api.alertChannels.create, { projectId, kind: "webhook", address: receiver.url });
  await grace.mutation(api.alertRules.create, { projectId, rule: { kind: "silent", agent: null } });
  await grace.mutation(api.alertRules.create, {
    projectId,
    rule: { kind: "state", agent: null, state: "failed" },
  });
}

const incidents = async () => {
  const paginationOpts = { numItems: 100, cursor: null };
  return (await grace.query(api.incidents.list, { projectId, paginationOpts })).page;
};
const tick = () => backend.run("alerting:tick", {});
const send = (state: "failed" | "done") => project.send([], [{ state }], `${state} ${Math.random()}`);

/** Returns the project's rows of a table. */
const rowsOf = async (table: string) =>
  (await backend.rows(table)).filter((row) => row.projectId === projectId);

/** Changes the project's rows of a table, or all of a table that belongs to no project. */
async function change(table: string, changed: (row: Row) => Row): Promise<void> {
  const isOwn = (row: Row) => row.projectId === undefined || row.projectId === projectId;
  const rows = await backend.rows(table);
  await backend.store(
    table,
    rows.map((row) => (isOwn(row) ? changed(row) : row)),
    "replace",
  );
}

/** Ends the leases of senders and evaluations that were lost with a process. */
async function expireLeases(): Promise<void> {
  await change("alertQueue", (row) => ({ ...row, dueAt: 1 }));
  await change("alertDeliveries", (row) =>
    row.nextAttemptAt === undefined ? row : { ...row, nextAttemptAt: 1 },
  );
  await backend.store("alertSenders", [], "replace");
  await tick();
  await backend.run("alertSending:pump", {});
}

/** Returns the ids of the messages of each type; a message that arrived again counts once. */
const idsOf = (type: string) => {
  const of = receiver.received.filter(({ json }) => json.type === type);
  return new Set(of.map(({ headers, json }) => `${headers["webhook-id"]} ${json.data.incidentId}`));
};

describe("a process that is killed", () => {
  let alone: BackendProcess;
  beforeEach(async () => {
    alone = await startBackendProcess();
    await begin(async () => alone);
  });

  test("at any step opens and closes each incident once, with one message each", async () => {
    for (const [round, delays] of KILLS.entries()) {
      for (const state of ["failed", "done"] as const) {
        await send(state);
        await new Promise((resolve) => setTimeout(resolve, delays[state]));
        await alone.kill();
        await alone.start();
        await project.folded();
        await expireLeases();
        const newest = async () => (await incidents())[0]?.closeReason;
        await expect.poll(newest, { timeout: 20_000 }).toBe(state === "failed" ? null : "recovered");
      }
      expect(await incidents()).toHaveLength(round + 1);
    }
    await expect.poll(() => idsOf("incident.closed").size, { timeout: 20_000 }).toBe(KILLS.length);
    expect(idsOf("incident.opened").size).toBe(KILLS.length);
    const ids = [...idsOf("incident.opened"), ...idsOf("incident.closed")].map((one) => one.split(" ")[0]);
    expect(new Set(ids).size).toBe(2 * KILLS.length);
  }, 120_000);

  test("between sending and recording, or during a backoff, sends the message again with the same id", async () => {
    let killed: Promise<void> | null = null;
    receiver.answerWith((response) => {
      killed ??= alone.kill();
      response.destroy();
    });
    await send("failed");
    await expect.poll(() => killed !== null).toBe(true);
    await killed;
    receiver.answerWith((response) => response.writeHead(500).end());
    await alone.start();
    await expireLeases();
    const delivery = async () => (await rowsOf("alertDeliveries"))[0];
    await expect.poll(delivery).toMatchObject({ status: "waiting", attempts: 1, outcome: "500" });
    const dueAt = Number((await delivery())?.nextAttemptAt);
    await alone.kill();
    receiver.answerWith((response) => response.writeHead(204).end());
    await alone.start();
    await expect.poll(delivery, { timeout: 15_000 }).toMatchObject({ status: "delivered", attempts: 2 });
    expect(receiver.received).toHaveLength(3);
    expect(receiver.received[2]?.at).toBeGreaterThanOrEqual(dueAt);
    expect(idsOf("incident.opened").size).toBe(1);
    expect(await rowsOf("alertDeliveries")).toHaveLength(1);
  }, 60_000);
});

describe("evaluation", () => {
  beforeEach(() => begin(() => startBackend(CONFLICTS)));

  test("that runs concurrently and repeatedly opens one incident", async () => {
    await project.report([], [{ state: "failed" }]);
    const evaluateAgain = async () => {
      const rows = Array.from({ length: 6 }, () => ({ projectId, agents: ["scout"], dueAt: 1 }));
      await backend.store("alertQueue", rows);
      await Promise.all([tick(), tick(), tick()]);
      await expect.poll(async () => (await rowsOf("alertQueue")).length).toBe(0);
    };
    await evaluateAgain();
    await evaluateAgain();
    expect(await incidents()).toHaveLength(1);
    await expect.poll(() => receiver.received.length).toBe(1);
    await project.report([], [{ state: "done" }]);
    await evaluateAgain();
    expect(await incidents()).toMatchObject([{ closeReason: "recovered" }]);
    await expect.poll(() => receiver.received.length).toBe(2);
  });

  test("that is lost is restarted, and so is that of a due agent", async () => {
    await project.report([{}]);
    await expect.poll(async () => (await rowsOf("alertDues")).length).toBe(1);
    // As if its reports had been 40 minutes ago, and its evaluation was lost.
    const old = Date.now() - 40 * MINUTE;
    await change("agents", (row) => ({ ...row, lastSeenAt: old }));
    await change("overviews", (row) => ({
      ...row,
      agents: (row.agents as Row[]).map((agent) => ({ ...agent, lastSeenAt: old })),
    }));
    await tick();
    expect(await incidents()).toEqual([]);
    await change("alertDues", (row) => ({ ...row, dueAt: 1 }));
    await tick();
    await expect.poll(incidents).toMatchObject([{ kind: "silent", since: old + 15 * MINUTE }]);
  });
});

describe("clocks and outages", () => {
  beforeEach(() => begin(() => startBackend(CONFLICTS)));

  test("neither a gap of 3 minutes nor a clock that was set back is an outage", async () => {
    await tick();
    for (const gap of [2.9 * MINUTE, -HOUR]) {
      await change("alertClock", (row) => ({ ...row, evaluatedAt: Date.now() - gap }));
      await tick();
      const [clock] = await backend.rows("alertClock");
      expect(Math.abs(Number(clock?.evaluatedAt) - Date.now())).toBeLessThan(MINUTE);
    }
    expect(await grace.query(api.incidents.outages, {})).toEqual([]);
  });

  test("messages that a clock an hour ahead has postponed are sent after it was set back", async () => {
    receiver.answerWith((response) => response.writeHead(500).end());
    await project.report([], [{ state: "failed" }]);
    await expect.poll(async () => (await rowsOf("alertDeliveries"))[0]?.attempts).toBe(1);
    await change("alertDeliveries", (row) => ({ ...row, nextAttemptAt: Date.now() + HOUR }));
    receiver.answerWith((response) => response.writeHead(204).end());
    await backend.run("alertSending:pump", {});
    await expect.poll(async () => (await rowsOf("alertDeliveries"))[0]?.status).toBe("delivered");
  });

  test("a deleted project with open incidents leaves nothing behind", async () => {
    receiver.answerWith((response) => response.writeHead(500).end());
    await project.report([{ agent: "a", at: Date.now() - HOUR }], [{ state: "failed" }]);
    await expect.poll(async () => (await incidents()).length).toBe(2);
    await expect.poll(() => receiver.received.length).toBe(2);
    const ada = await signIn(backend, "ada");
    await ada.mutation(api.projects.deleteProject, { projectId });
    for (const table of [
      ...["alertRules", "alertChannels", "incidents", "alertDeliveries"],
      ...["alertDues", "alertQueue"],
    ]) {
      await expect.poll(async () => (await rowsOf(table)).length, { message: table }).toBe(0);
    }
    await tick();
    await backend.run("alertSending:pump", {});
    expect(receiver.received).toHaveLength(2);
  });

  // The last test, because the outage is one for all projects of the backend.
  test("after an outage, silence counts from its end, and agents that were silent before stay silent", async () => {
    await tick();
    await change("alertClock", (row) => ({ ...row, evaluatedAt: Date.now() - HOUR }));
    await tick();
    const [outage] = await grace.query(api.incidents.outages, {});
    expect((outage?.to ?? 0) - (outage?.from ?? 0)).toBeGreaterThanOrEqual(HOUR);
    const at = (minutes: number) => Date.now() - minutes * MINUTE;
    await project.report([
      { agent: "before", at: at(95) },
      { agent: "during", at: at(62) },
    ]);
    await expect.poll(incidents).toMatchObject([{ agent: "before" }]);
    const due = (await rowsOf("alertDues")).find(({ agent }) => agent === "during");
    expect(Number(due?.dueAt) - 15 * MINUTE).toBe((outage?.to ?? 0) + 1);
    expect(await incidents()).toHaveLength(1);

    // Pages get the same outages, and tiles the marks.
    const { projects, outages } = await grace.query(api.pages.dashboard, {});
    expect(outages.at(-1)).toEqual(outage);
    const [shown] = projects.filter(({ _id }) => _id === projectId);
    expect(shown?.agents?.map(({ agent, incidents: open }) => [agent, open])).toEqual([
      ["before", 1],
      ["during", undefined],
    ]);
    await project.report([{ agent: "before" }]);
    const nextSilentAt = async () => (await rowsOf("summaries"))[0]?.nextSilentAt;
    expect(await nextSilentAt()).toBe((outage?.to ?? 0) + 15 * MINUTE);
    // As if the summary had been stored before the outage.
    await change("summaries", (row) => ({ ...row, nextSilentAt: 1 }));
    await backend.run("compaction:summarizeAll", { cursor: null });
    await expect.poll(nextSilentAt).toBe((outage?.to ?? 0) + 15 * MINUTE);

    // An agent that then reports more often than before is due earlier, although later than without the outage.
    const start = Date.now();
    const hourly = Array.from({ length: 11 }, (_, i) => start - 130 * MINUTE - (10 - i) * HOUR);
    const dueOf = async (agent: string) => (await rowsOf("alertDues")).find((row) => row.agent === agent);
    await project.report(hourly.map((time) => ({ agent: "hourly", at: time })));
    await expect.poll(() => dueOf("hourly")).toMatchObject({ dueAt: (outage?.to ?? 0) + 150 * MINUTE + 1 });
    const often = Array.from({ length: 11 }, (_, i) => start - (10 - i) * 12 * MINUTE);
    await project.report(often.map((time) => ({ agent: "hourly", at: time })));
    await expect.poll(() => dueOf("hourly")).toMatchObject({ dueAt: start + 30 * MINUTE + 1 });
  });
});

test("a state that is reported again while it waits does not close the incident; another state does", async () => {
  await begin(() => startBackend(CONFLICTS));
  const rule = { kind: "state" as const, agent: null, state: "waiting" as const, minutes: 5 };
  await grace.mutation(api.alertRules.create, { projectId, rule });
  await project.report([], [{ state: "waiting", at: Date.now() - 6 * MINUTE }]);
  await expect.poll(incidents).toMatchObject([{ closedAt: null }]);
  await project.report([], [{ state: "waiting", message: "still" }]);
  await expect.poll(() => rowsOf("alertQueue")).toEqual([]);
  expect(await incidents()).toMatchObject([{ closedAt: null }]);
  await project.report([], [{ state: "working" }]);
  await expect.poll(incidents).toMatchObject([{ closeReason: "recovered" }]);
});
