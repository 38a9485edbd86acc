/** Alerts: rules, incidents and their messages, on a backend whose mutations conflict. */
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import type { Rule } from "../../convex/model/alerts/rules.ts";
import { CONFLICTS, openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { HOUR, MINUTE, newProject, newScene, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let project: Reporting;
let projectId: Id<"projects">;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

beforeEach(async () => {
  receiver.received.length = 0;
  receiver.answerWith((response) => response.writeHead(204).end());
  ({ backend, grace, project } = await newScene(startBackend(CONFLICTS)));
  projectId = project.projectId;
});

const SILENT: Rule = { kind: "silent", agent: null };
const FAILED: Rule = { kind: "state", agent: null, state: "failed" };

const firstPage = { numItems: 100, cursor: null };
const addRule = (rule: Rule) => grace.mutation(api.alertRules.create, { projectId, rule });
const addChannel = (address = receiver.url) =>
  grace.mutation(api.alertChannels.create, { projectId, kind: "webhook", address });
const incidents = async () =>
  (await grace.query(api.incidents.list, { projectId, paginationOpts: firstPage })).page;
const deliveries = async () =>
  (await grace.query(api.alertDeliveries.list, { projectId, paginationOpts: firstPage })).page;
/** Returns the numbers of open incidents on tiles, by agent. */
const marks = async () =>
  (await grace.query(api.projects.overview, { projectId })).map((agent) => agent.incidents);
const received = () => receiver.received.map(({ json }) => json);
const types = () => received().map(({ type }) => type);
const mute = (until: number | null, agent = "scout") =>
  grace.mutation(api.agents.mute, { projectId, agent, until });

/** Resolves when the project has these incidents, newest first. */
const expectIncidents = (expected: object[]) => expect.poll(incidents).toMatchObject(expected);

const thresholdOver = (over: Partial<Extract<Rule, { kind: "threshold" }>> = {}): Rule => ({
  ...{ kind: "threshold", agent: null, name: "latency", of: "mean", window: "5m", is: "above", value: 10 },
  ...over,
});

describe("rules", () => {
  test("are listed in their order, and a duplicate is a conflict", async () => {
    const rules: Rule[] = [
      SILENT,
      FAILED,
      { kind: "state", agent: "not seen yet", state: "waiting", minutes: 5 },
      thresholdOver({ value: -Number.MAX_VALUE }),
    ];
    const ids: string[] = [];
    for (const rule of rules) ids.push(await addRule(rule));
    const listed = await grace.query(api.alertRules.list, { projectId });
    expect(listed).toEqual(rules.map((rule, i) => ({ ...rule, _id: ids[i], createdAt: expect.any(Number) })));
    for (const rule of rules) expect(await rejectionOf(addRule(rule))).toBe("conflict");
  });

  test("values outside of their limits are invalid", async () => {
    for (const minutes of [-1, 1_441, 0.5, NaN]) {
      const rule: Rule = { kind: "state", agent: null, state: "waiting", minutes };
      expect(await rejectionOf(addRule(rule)), `${minutes}`).toBe("invalid");
    }
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(await rejectionOf(addRule(thresholdOver({ value })))).toBe("invalid");
    }
    expect(await rejectionOf(addRule(thresholdOver({ name: "" })))).toBe("invalid");
    expect(await rejectionOf(addRule({ ...SILENT, agent: "x".repeat(65) }))).toBe("invalid");
  });

  test("a project has at most 50 rules and 5 channels", async () => {
    const row = (i: number) => ({ projectId, createdAt: i, kind: "silent", agent: `agent ${i}` });
    await backend.store(
      "alertRules",
      Array.from({ length: 50 }, (_, i) => row(i)),
    );
    expect(await rejectionOf(addRule(SILENT))).toBe("limit_reached");
    for (let i = 0; i < 5; i++) await addChannel(`${receiver.url}/${i}`);
    expect(await rejectionOf(addChannel(`${receiver.url}/0`))).toBe("conflict");
    expect(await rejectionOf(addChannel())).toBe("limit_reached");
  });

  test("the usual rules are silent and failed, with the caller's own address, and are added once", async () => {
    await grace.mutation(api.alertRules.addUsual, { projectId });
    await grace.mutation(api.alertRules.addUsual, { projectId });
    expect(await grace.query(api.alertRules.list, { projectId })).toMatchObject([SILENT, FAILED]);
    const channels = await grace.query(api.alertChannels.list, { projectId });
    expect(channels).toMatchObject([{ kind: "email", label: "example.com", address: grace.email }]);
  });

  test("changes are in the audit log, without addresses", async () => {
    const ruleId = await addRule(SILENT);
    const { channelId } = await addChannel();
    await grace.mutation(api.alertChannels.remove, { channelId });
    await grace.mutation(api.alertRules.remove, { ruleId });
    const { page } = await grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 4, cursor: null } });
    const { host } = new URL(receiver.url);
    expect(page.map(({ event, target }) => [event, target])).toEqual([
      ["alert_rule_removed", "all agents"],
      ["alert_channel_removed", `webhook ${host}`],
      ["alert_channel_created", `webhook ${host}`],
      ["alert_rule_created", "all agents"],
    ]);
  });
});

describe("incidents", () => {
  test("an agent that became silent opens one, and its report closes it; each is one signed message", async () => {
    const { secret } = await addChannel();
    await addRule(SILENT);
    const lastSeen = Date.now() - 40 * MINUTE;
    await project.report([{ at: lastSeen }]);
    const since = lastSeen + 15 * MINUTE;
    await expectIncidents([{ kind: "silent", agent: "scout", since, closedAt: null, closeReason: null }]);
    await project.report([{}]);
    await expectIncidents([{ closedAt: expect.any(Number), closeReason: "recovered" }]);
    await expect.poll(types).toEqual(["incident.opened", "incident.closed"]);
    const [incident] = await incidents();
    const [opened, closed] = received();
    const data = {
      incidentId: incident?._id,
      project: { id: projectId, name: "Engine", url: null },
      agent: "scout",
      rule: { id: incident?.ruleId, ...SILENT },
      value: null,
      since: new Date(since).toISOString(),
    };
    expect(opened).toMatchObject({ timestamp: expect.stringMatching(/^\d{4}-.*Z$/), data });
    expect(closed.data).toEqual({
      ...data,
      reason: "recovered",
      closedAt: new Date(incident?.closedAt ?? 0).toISOString(),
    });
    for (const { headers, body } of receiver.received) {
      expect(() => new Webhook(secret ?? "").verify(body, headers as Record<string, string>)).not.toThrow();
    }
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
    await expect.poll(deliveries).toMatchObject([
      { type: "incident.closed", status: "delivered", attempts: 1, outcome: "204", nextAttemptAt: null },
      { type: "incident.opened", status: "delivered", attempts: 1, channelKind: "webhook" },
    ]);
  });

  test("a state opens one at once, and any other state closes it; a repeated state does neither", async () => {
    await addRule(FAILED);
    await project.report([], [{ state: "failed" }, { agent: "other", state: "working" }]);
    await expectIncidents([{ kind: "state", agent: "scout", closedAt: null }]);
    await project.report([{}], [{ state: "failed", message: "again" }]);
    expect(await marks()).toEqual([undefined, 1]);
    await project.report([], [{ state: "done" }]);
    await expectIncidents([{ closeReason: "recovered" }]);
    expect(await marks()).toEqual([undefined, undefined]);
    await project.report([], [{ state: "failed" }]);
    await expectIncidents([{ closedAt: null }, { closeReason: "recovered" }]);
  });

  test("an agent that waits opens one after the minutes of the rule", async () => {
    await addRule({ kind: "state", agent: "scout", state: "waiting", minutes: 5 });
    await addRule({ kind: "state", agent: "scout", state: "waiting", minutes: 0 });
    const at = Date.now() - 5 * MINUTE + 2_000;
    await project.report([], [{ state: "waiting", at }]);
    await expectIncidents([{ since: at }]);
    const due = (await backend.rows("alertDues")).find((row) => row.projectId === projectId);
    expect(due?.dueAt).toBe(at + 5 * MINUTE);
    await expect
      .poll(async () => {
        await backend.run("alerting:tick", {});
        return await incidents();
      })
      .toMatchObject([{ since: at + 5 * MINUTE }, { since: at }]);
  });

  test("a threshold opens on its side of the value only, with the value", async () => {
    await addRule(thresholdOver({ of: "max", is: "above", value: 10 }));
    await addRule(thresholdOver({ of: "sum", is: "below", value: 10 }));
    await project.report([{ value: 10 }]);
    await project.report([{ value: 4, agent: "other" }]);
    await expectIncidents([{ agent: "other", kind: "threshold", name: "latency", value: 4 }]);
    await project.report([{ value: 10.5 }]);
    await expectIncidents([{ agent: "scout", value: 10.5 }, { agent: "other" }]);
  });

  test("a threshold closes after the length of its window without interruption", async () => {
    await addRule(thresholdOver({ of: "mean", value: 10 }));
    await project.report([{ value: 100 }]);
    await expectIncidents([{ closedAt: null }]);
    await project.report([{ value: -1_000 }]);
    const calm = async () => (await backend.rows("incidents")).find((row) => row.projectId === projectId);
    await expect.poll(calm).toMatchObject({ calmSince: expect.any(Number) });
    await project.report([{ value: 10_000 }]);
    await expect.poll(async () => (await calm())?.calmSince).toBeUndefined();
    await project.report([{ value: -100_000 }]);
    await expect.poll(calm).toMatchObject({ calmSince: expect.any(Number) });
    // Five minutes later.
    const row = await calm();
    if (row === undefined) throw new Error("the incident does not exist");
    await backend.store("incidents", [{ ...row, calmSince: Date.now() - 5 * MINUTE }], "replace");
    await project.report([{ value: 0 }]);
    await expectIncidents([{ closeReason: "recovered", value: 100 }]);
  });

  test("a new rule opens incidents at once, and its removal closes them without a message", async () => {
    await addChannel();
    await project.report([{ at: Date.now() - HOUR }], [{ agent: "other", state: "failed" }]);
    const ruleId = await addRule(SILENT);
    await expectIncidents([{ agent: "scout" }]);
    await expect.poll(types).toEqual(["incident.opened"]);
    await grace.mutation(api.alertRules.remove, { ruleId });
    await expectIncidents([{ closeReason: "rule_removed" }]);
    expect(await marks()).toEqual([undefined, undefined]);
    await addRule(FAILED);
    await expectIncidents([{ agent: "other" }, {}]);
    await expect.poll(types).toEqual(["incident.opened", "incident.opened"]);
  });

  test("muting and retiring close with a message; a muted agent opens none until the time has passed", async () => {
    await addChannel();
    await addRule(FAILED);
    await project.report([], [{ state: "failed" }, { agent: "other", state: "failed" }]);
    await expect.poll(async () => (await incidents()).length).toBe(2);
    await mute(Date.now() + HOUR);
    await grace.mutation(api.agents.retire, { projectId, agent: "other" });
    const reasons = async () => (await incidents()).map(({ closeReason }) => closeReason).sort();
    await expect.poll(reasons).toEqual(["muted", "retired"]);
    await project.report([], [{ state: "failed" }]);
    await backend.run("alerting:tick", {});
    expect(await incidents()).toHaveLength(2);
    const until = Date.now() + 2_000;
    await mute(until);
    await expect
      .poll(async () => {
        await backend.run("alerting:tick", {});
        return await incidents();
      })
      .toMatchObject([{ agent: "scout", closedAt: null }, {}, {}]);
    expect((await incidents())[0]?.openedAt).toBeGreaterThanOrEqual(until);
    await expect.poll(() => types().length).toBe(5);
  });

  test("archiving closes incidents and stops messages; silence counts from the restoration on", async () => {
    receiver.answerWith((response) => response.writeHead(500).end());
    await addChannel();
    await addRule(SILENT);
    await addRule(FAILED);
    await project.report([{ at: Date.now() - HOUR }], [{ agent: "other", state: "failed" }]);
    await expect.poll(async () => (await incidents()).length).toBe(2);
    await expect.poll(() => receiver.received.length).toBe(2);
    await grace.mutation(api.projects.archive, { projectId });
    const reasons = async () => (await incidents()).map(({ closeReason }) => closeReason);
    await expect.poll(reasons).toEqual(["archived", "archived"]);
    await expect.poll(deliveries).toMatchObject([{ status: "failed" }, { status: "failed" }]);
    await grace.mutation(api.projects.restore, { projectId });
    await expectIncidents([{ agent: "other", closedAt: null }, {}, {}]);
    const dues = (await backend.rows("alertDues")).filter((row) => row.projectId === projectId);
    expect(dues.find(({ agent }) => agent === "scout")?.dueAt).toBeGreaterThan(Date.now() + 14 * MINUTE);
    const [{ to } = { to: 0 }] = await grace.query(api.incidents.outages, { projectId });
    const { projects } = await grace.query(api.pages.home, {});
    expect(projects.find(({ _id }) => _id === projectId)).toMatchObject({ restoredAt: to });
    const listed = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
    const [summary] = listed.filter(({ _id }) => _id === projectId).map(({ summary }) => summary);
    expect(summary?.nextSilentAt).toBe(to + 15 * MINUTE);
  });

  test("open incidents of all projects of a user are listed with their project, newest first", async () => {
    await addRule(FAILED);
    await project.report([], [{ state: "failed" }]);
    await expectIncidents([{}]);
    const second = await newProject(backend, grace, "Second");
    await grace.mutation(api.alertRules.create, { projectId: second.projectId, rule: FAILED });
    await second.report([], [{ agent: "b", state: "failed" }]);
    const open = () => grace.query(api.incidents.open, {});
    await expect.poll(open).toMatchObject([
      { agent: "b", projectId: second.projectId, projectName: "Second" },
      { agent: "scout", projectId, projectName: "Engine" },
    ]);
    await project.report([], [{ state: "done" }]);
    await expect.poll(open).toMatchObject([{ agent: "b" }]);
    expect(await grace.query(api.incidents.mine, {})).toMatchObject({
      open: [{ agent: "b", predicate: "failed" }],
      recent: [{ agent: "scout", closeReason: "recovered" }],
    });
    const stranger = await signIn(backend, "alan");
    expect(await stranger.query(api.incidents.open, {})).toEqual([]);
  });
});
