/** Deliveries of alerts: retries, receivers that misbehave, digests, and who gets what. */
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import { CONFLICTS, openBackends, type Row, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf } from "./people.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { HOUR, MINUTE, newScene, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let project: Reporting;
let projectId: Id<"projects">;
let receiver: Receiver;

// A receiver for each test, because retries of earlier tests still arrive.
beforeEach(async () => {
  receiver = await startReceiver();
  ({ backend, grace, project } = await newScene(startBackend(CONFLICTS)));
  projectId = project.projectId;
  await grace.mutation(api.alertRules.create, {
    projectId,
    rule: { kind: "state", agent: null, state: "failed" },
  });
});
afterEach(() => receiver.close());

const addWebhook = (address = receiver.url) =>
  grace.mutation(api.alertChannels.create, { projectId, kind: "webhook", address });
const channels = () => grace.query(api.alertChannels.list, { projectId });
const deliveries = async () => {
  const paginationOpts = { numItems: 100, cursor: null };
  return (await grace.query(api.alertDeliveries.list, { projectId, paginationOpts })).page;
};
const sendTest = () => grace.mutation(api.alertChannels.test, { projectId });
const fail = (agent = "scout") => project.report([], [{ agent, state: "failed" }]);
const recover = (agent = "scout") => project.report([], [{ agent, state: "done" }]);
const answer = (status: number, headers: Record<string, string> = {}) =>
  receiver.answerWith((response) => response.writeHead(status, headers).end("not read"));
const received = () => receiver.received.map(({ json }) => json);
const types = () => received().map(({ type }) => type);

/** Changes stored rows of the project. */
async function change(table: string, changed: (row: Row) => Row): Promise<void> {
  const rows = await backend.rows(table);
  const all = rows.map((row) => (row.projectId === projectId ? changed(row) : row));
  await backend.store(table, all, "replace");
}

/** Makes all waiting messages of the project due, as if their time had come. */
async function comeDue(): Promise<void> {
  const isWaiting = (row: Row) => row.nextAttemptAt !== undefined;
  await change("alertDeliveries", (row) => (isWaiting(row) ? { ...row, nextAttemptAt: 1 } : row));
  await backend.run("alertSending:pump", {});
}

describe("retries", () => {
  test("follow after 5 s, 30 s, 2, 5 and 10 min with the same id; then the message is given up", async () => {
    answer(500);
    const { secret } = await addWebhook();
    await fail();
    const delays = [5_000, 30_000, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE];
    for (const [index, delay] of delays.entries()) {
      const attempts = index + 1;
      await expect.poll(deliveries).toMatchObject([{ status: "waiting", attempts, outcome: "500" }]);
      const [delivery] = await deliveries();
      const wait = (delivery?.nextAttemptAt ?? 0) - (delivery?.lastAttemptAt ?? 0);
      expect(wait).toBeGreaterThan(delay * 0.8 - 1);
      expect(wait).toBeLessThan(delay * 1.2 + 5_000);
      await comeDue();
    }
    await expect.poll(deliveries).toMatchObject([{ status: "failed", attempts: 6, nextAttemptAt: null }]);
    expect(receiver.received).toHaveLength(6);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    for (const { headers, body } of receiver.received) {
      expect(() => new Webhook(secret ?? "").verify(body, headers as Record<string, string>)).not.toThrow();
    }
  });

  test("a closing message waits until the opening one was delivered", async () => {
    answer(503);
    await addWebhook();
    await fail();
    await expect.poll(deliveries).toMatchObject([{ attempts: 1 }]);
    await recover();
    await expect
      .poll(deliveries)
      .toMatchObject([{ type: "incident.closed", attempts: 0, nextAttemptAt: null }, { attempts: 1 }]);
    answer(200);
    await comeDue();
    await expect.poll(deliveries).toMatchObject([{ status: "delivered" }, { status: "delivered" }]);
    expect(types()).toEqual(["incident.opened", "incident.opened", "incident.closed"]);
  });

  test("a redirect is not followed", async () => {
    const elsewhere = await startReceiver();
    answer(307, { Location: elsewhere.url });
    await addWebhook();
    await fail();
    await expect.poll(deliveries).toMatchObject([{ status: "waiting", attempts: 1, outcome: "307" }]);
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  test("410 turns the channel off with the reason, and stops its other messages", async () => {
    answer(503);
    await addWebhook();
    await fail("a");
    await expect.poll(deliveries).toMatchObject([{ attempts: 1 }]);
    answer(410);
    await fail("b");
    await expect.poll(deliveries).toMatchObject([
      { status: "failed", outcome: "410", attempts: 1 },
      { status: "failed", outcome: "stopped" },
    ]);
    expect(await channels()).toMatchObject([
      { disabledAt: expect.any(Number), disabledReason: "The receiver answered 410." },
    ]);
    await fail("c");
    expect(await sendTest()).toEqual([]);
    expect(await deliveries()).toHaveLength(2);
  });

  test("a channel that is removed during a retry gets nothing more", async () => {
    answer(500);
    const { channelId } = await addWebhook();
    await fail();
    await expect.poll(deliveries).toMatchObject([{ attempts: 1 }]);
    await grace.mutation(api.alertChannels.remove, { channelId });
    await comeDue();
    expect(await deliveries()).toMatchObject([{ status: "failed", outcome: "stopped" }]);
    expect(receiver.received).toHaveLength(1);
  });
});

describe("receivers", () => {
  test("that hang time out after 10 s, and delay no other channel and no metric", async () => {
    receiver.answerWith((response, { path }) => {
      if (path === "/alerts") response.writeHead(200).end();
    });
    await addWebhook();
    for (let i = 0; i < 4; i++) await addWebhook(`${receiver.url}/hangs/${i}`);
    await fail();
    const startedAt = Date.now();
    await fail("other");
    const outcomes = async () => (await deliveries()).filter(({ status }) => status === "delivered").length;
    await expect.poll(outcomes).toBe(2);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    const timeouts = async () => (await deliveries()).filter(({ outcome }) => outcome === "timeout").length;
    await expect.poll(timeouts, { timeout: 25_000 }).toBe(8);
  });

  test("that cannot be reached, or have an invalid certificate, are unreachable; bodies are not read", async () => {
    const gone = await startReceiver();
    await gone.close();
    await addWebhook(gone.url);
    await addWebhook(receiver.url.replace("http:", "https:"));
    await addWebhook(receiver.url);
    let sent = 0;
    receiver.answerWith((response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536))) sent += 1;
        if (sent > 1_000) response.destroy();
      };
      response.on("drain", more);
      more();
    });
    await fail();
    const outcomes = async () => (await deliveries()).map(({ outcome }) => outcome).sort();
    await expect.poll(outcomes).toEqual(["200", "unreachable", "unreachable"]);
    expect(sent).toBeLessThan(1_000);
  });

  test("of Slack get one line of escaped text; 404 turns them off", async () => {
    const address = `${receiver.url}/slack`;
    await backend.store("alertChannels", [
      { projectId, kind: "slack", address, label: "hooks.slack.com", createdAt: 1 },
    ]);
    await fail("<b>&\u2028agent");
    await expect
      .poll(received)
      .toMatchObject([{ text: expect.stringContaining("&lt;b&gt;&amp; agent failed") }]);
    expect(received()[0].text).not.toMatch(/[\n\r\u2028]/u);
    expect(await channels()).toMatchObject([{ kind: "slack", address: null }]);
    answer(404);
    await fail("b");
    await expect.poll(channels).toMatchObject([{ disabledAt: expect.any(Number) }]);
  });
});

describe("limits", () => {
  test("200 agents that become silent at once are 20 messages and one digest, and so are their returns", async () => {
    await addWebhook();
    await grace.mutation(api.alertRules.create, { projectId, rule: { kind: "silent", agent: null } });
    const agents = Array.from({ length: 200 }, (_, i) => `agent ${i}`);
    const at = Date.now() - HOUR;
    await project.report(agents.map((agent) => ({ agent, at })));
    await expect.poll(() => types().length, { timeout: 20_000 }).toBe(20);
    const waiting = async () => (await deliveries()).filter(({ status }) => status === "waiting");
    await expect
      .poll(waiting, { timeout: 20_000 })
      .toMatchObject([{ type: "digest", incidentId: null, attempts: 0 }]);
    const digest = async () =>
      (await backend.rows("alertDeliveries")).find((row) => row.projectId === projectId && row.digest);
    await expect.poll(digest, { timeout: 20_000 }).toMatchObject({ digest: { opened: 180, closed: 0 } });
    await project.report(agents.map((agent) => ({ agent })));
    await expect.poll(digest, { timeout: 20_000 }).toMatchObject({ digest: { opened: 180, closed: 200 } });
    expect(types()).toEqual(Array(20).fill("incident.opened"));
    // It is not sent before the limit allows it.
    await comeDue();
    const nextAttemptAt = async () => {
      await backend.run("alertSending:pump", {});
      return (await digest())?.nextAttemptAt;
    };
    await expect.poll(nextAttemptAt).toBeGreaterThan(Date.now() + 9 * MINUTE);
    // Ten minutes later.
    await change("alertDeliveries", (row) =>
      row.firstAttemptAt === undefined ? row : { ...row, firstAttemptAt: Date.now() - 11 * MINUTE },
    );
    await comeDue();
    await expect.poll(() => types().length, { timeout: 20_000 }).toBe(21);
    const { type, data } = received()[20];
    expect({ type, opened: data.opened, closed: data.closed }).toEqual({
      type: "digest",
      opened: 180,
      closed: 200,
    });
    expect(data.incidents).toHaveLength(50);
    expect(data.incidents[0]).toMatchObject({ type: "incident.closed", reason: "recovered" });
  });

  test("tests of a project without a channel are limited to 10 a minute too", async () => {
    for (let i = 0; i < 10; i++) expect(await sendTest()).toEqual([]);
    expect(await rejectionOf(sendTest())).toBe("rate_limited");
  });

  test("tests do not count, and are limited to 10 a minute", async () => {
    await addWebhook();
    const ids = [];
    for (let i = 0; i < 10; i++) ids.push(...(await sendTest()));
    expect(await rejectionOf(sendTest())).toBe("rate_limited");
    await expect.poll(() => types().length).toBe(10);
    expect(received()[0]).toMatchObject({
      type: "test",
      data: { project: { id: projectId, name: "Engine" } },
    });
    expect((await deliveries()).map(({ _id }) => _id).sort()).toEqual(ids.sort());
    for (let i = 0; i < 20; i++) await project.send([], [{ agent: `agent ${i}`, state: "failed" }]);
    await expect.poll(() => types().length, { timeout: 20_000 }).toBe(30);
  });
});
