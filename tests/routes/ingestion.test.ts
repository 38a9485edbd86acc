/** Ingestion API: responses of all its routes, and pages that show what was sent. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { jsonOf } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { calls, type Fault } from "./outbound.ts";
import { createReportingProject, expectRejection, signInReporter, type User } from "./reporting.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const newUser = () => signInReporter(app);
const newProject = (user: User, name?: string) => createReportingProject(app, user, name);

type Metric = { agent: string; name: string; value: number; at?: number };

const metric = { agent: "a", name: "n", value: 1 };
const metrics = [metric];

describe("POST /api/v1/metrics", () => {
  it("accepts metrics and statuses, also compressed, and counts all items", async () => {
    const user = await newUser();
    const project = await newProject(user);
    const batch = {
      metrics: [metric, { ...metric, kind: "counter", name: "c" }],
      statuses: [{ agent: "b", state: "done" }],
    };
    const plain = await project.send(batch);
    expect([plain.status, jsonOf(plain)]).toEqual([202, { accepted: 3 }]);
    const headers = {
      "Content-Type": "application/json",
      "Content-Encoding": "gzip",
      "Idempotency-Key": "k",
    };
    const zipped = () =>
      app.browser().post("/api/v1/metrics", {
        headers: { authorization: project.authorization, ...headers },
        body: gzipSync(JSON.stringify(batch)),
      });
    for (let times = 0; times < 2; times++) {
      const answer = await zipped();
      expect([answer.status, jsonOf(answer)]).toEqual([202, { accepted: 3 }]);
    }
    const args = { projectId: project.id, paginationOpts: { numItems: 10, cursor: null } };
    const recent = await user.convex<{ page: unknown[] }>("query", "metrics:recent", args);
    expect(recent.page).toHaveLength(4);
  });

  it("rejects with a code and a message, in the order of the checks", async () => {
    const user = await newUser();
    const project = await newProject(user);
    const nobody = (headers: Record<string, string>) =>
      app.browser().post("/api/v1/metrics", { headers, json: { metrics } });
    expectRejection(await app.browser().get("/api/v1/metrics"), 405, "method_not_allowed");
    expectRejection(await nobody({}), 401, "unauthenticated");
    expectRejection(await nobody({ authorization: "Bearer mosaic_none" }), 401, "unauthenticated");
    expectRejection(
      await project.send({ metrics }, { "Content-Type": "text/plain" }),
      415,
      "unsupported_media_type",
    );
    // What `curl -d` sends if no type is given.
    const form = await project.send({ metrics }, { "Content-Type": "application/x-www-form-urlencoded" });
    expectRejection(form, 415, "unsupported_media_type");
    expect(form.text).toContain('add -H \\"Content-Type: application/json\\"');
    expectRejection(
      await project.send({ metrics }, { "Content-Encoding": "br" }),
      415,
      "unsupported_media_type",
    );
    expectRejection(await project.send({ metrics, filler: "x".repeat(256 * 1024) }), 413, "too_large");
    const issues = [{ list: "metrics", index: 0, message: "value must be a finite number" }];
    expectRejection(await project.send({ metrics: [{ ...metric, value: "1" }] }), 400, "invalid", { issues });
    const whole = [{ list: null, index: null, message: expect.any(String) }];
    expectRejection(await project.send([]), 400, "invalid", { issues: whole });
    const once = { "Idempotency-Key": "once" };
    expect((await project.send({ metrics }, once)).status).toBe(202);
    expectRejection(await project.send({ metrics: [...metrics, metric] }, once), 409, "conflict");
    await user.convex("mutation", "projects:archive", { projectId: project.id });
    expectRejection(await project.send({ metrics }), 401, "archived");
    await user.convex("mutation", "projects:restore", { projectId: project.id });
    // The rejected key is not looked up again for a minute.
    const create = { projectId: project.id, name: "Fresh" };
    const fresh = await user.convex<{ key: string }>("mutation", "projectKeys:create", create);
    expect((await nobody({ authorization: `Bearer ${fresh.key}` })).status).toBe(202);
    const args = { projectId: project.id, name: "R", scope: "read" };
    const { key } = await user.convex<{ key: string }>("mutation", "projectKeys:create", args);
    expectRejection(await nobody({ authorization: `Bearer ${key}` }), 403, "forbidden");
  });

  it("accepts an upload that takes longer than a page may", async () => {
    const project = await newProject(await newUser());
    const headers = { authorization: project.authorization };
    const answer = await app
      .browser()
      .post("/api/v1/metrics", { headers, json: { metrics }, uploadMs: 3_000 });
    expect([answer.status, jsonOf(answer)]).toEqual([202, { accepted: 1 }]);
  });

  it("gives the same answer to a repeated request whose items have become too old", async () => {
    const project = await newProject(await newUser());
    const week = 7 * 24 * 3_600_000;
    const at = Date.now() - week + 2_000;
    const sendAll = (key: string) =>
      Promise.all([
        project.send({ metrics: [{ ...metric, at }] }, { "Idempotency-Key": key }),
        project.post("/api/v1/agents/a/status", { state: "done", at }, { "Idempotency-Key": key }),
      ]);
    const accepted = [202, { accepted: 1 }];
    const outcomes = async (key: string) => (await sendAll(key)).map((one) => [one.status, jsonOf(one)]);
    expect(await outcomes("once")).toEqual([accepted, accepted]);
    await expect.poll(() => Date.now() - at, { timeout: 10_000 }).toBeGreaterThan(week);
    expect(await outcomes("once")).toEqual([accepted, accepted]);
    const [batch, status] = await sendAll("new");
    const message = "at must not be more than 7 days old";
    expectRejection(batch, 400, "invalid", { issues: [{ list: "metrics", index: 0, message }] });
    expectRejection(status, 400, "invalid", { issues: [{ list: null, index: null, message }] });
  });

  it.each<[string, Fault, number]>([
    ["down", { kind: "refused" }, 503],
    ["overloaded", { kind: "status", status: 503 }, 503],
    ["cut off after it stored them", { kind: "lost", ms: 0 }, 503],
    ["slow", { kind: "slow", ms: 3_000 }, 202],
  ])("while Convex is %s, requests with an Idempotency-Key are stored once", async (_, fault, status) => {
    const user = await newUser();
    const project = await newProject(user);
    const keys = ["a", "b", "c", "d", "e"];
    const sendAll = () =>
      Promise.all(keys.map((key) => project.send({ metrics }, { "Idempotency-Key": key })));
    app.outbound.fail("convex", fault, calls("metrics:ingest"));
    for (const answer of await sendAll()) {
      expect(answer.status).toBe(status);
      if (status === 202) continue;
      expectRejection(answer, 503, "unavailable");
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    app.outbound.heal();
    for (let times = 0; times < 2; times++) {
      for (const answer of await sendAll()) expect(jsonOf(answer)).toEqual({ accepted: 1 });
    }
    const args = { projectId: project.id, paginationOpts: { numItems: 10, cursor: null } };
    const recent = await user.convex<{ page: unknown[] }>("query", "metrics:recent", args);
    expect(recent.page).toHaveLength(keys.length);
  });
});

describe("the reports of one agent", () => {
  const pathOf = (agent: string, what: string) => `/api/v1/agents/${encodeURIComponent(agent)}/${what}`;

  it("sets the state of an agent with any name, and a ping makes one known", async () => {
    const user = await newUser();
    const project = await newProject(user, "\u{1f600}".repeat(100));
    const longest = "\u{1f600}".repeat(64);
    const names = ["a", "a/b", "a%2Fb", "x.data", "50 % of it", "\u{1f600} é", "...", longest];
    for (const name of names) {
      const answer = await project.post(pathOf(name, "status"), {
        state: "waiting",
        message: `I am ${name}`,
      });
      expect([answer.status, jsonOf(answer)], name).toEqual([202, { accepted: 1 }]);
    }
    const headers = { authorization: project.authorization };
    const ping = await app.browser().post(pathOf("alive", "ping"), { headers });
    expect([ping.status, jsonOf(ping)]).toEqual([202, { accepted: 1 }]);
    const shown = async () => (await project.agents()).map(({ agent, message }) => `${agent}: ${message}`);
    const expected = [...names.map((name) => `${name}: I am ${name}`), "alive: null"].sort();
    await expect.poll(async () => (await shown()).sort(), { timeout: 10_000 }).toEqual(expected);
    const page = await user.browser.get(`/projects/${project.id}/agents/${encodeURIComponent(longest)}`);
    expect(page).toBeSafeHtml(200);
    expect(new Page(page.text).tags("h1").map(textOf).join()).toContain(longest);
  });

  it("rejects a wrong state, a name that is none, and a key used for another path", async () => {
    const project = await newProject(await newUser());
    const issue = (message: RegExp) => ({
      issues: [{ list: null, index: null, message: expect.stringMatching(message) }],
    });
    const status = pathOf("a", "status");
    expectRejection(await project.post(status, { state: "busy" }), 400, "invalid", issue(/state must be/));
    expectRejection(await project.post(status, {}), 400, "invalid", issue(/state must be/));
    const unnamed = pathOf("\u200b", "ping");
    expectRejection(await project.post(unnamed, null), 400, "invalid", issue(/agent must have/));
    expectRejection(await app.browser().post(status, { json: { state: "done" } }), 401, "unauthenticated");
    expectRejection(await app.browser().get(status), 405, "method_not_allowed");
    expectRejection(await project.post("/api/v1/agents/a/b/ping", {}), 404, "not_found");
    expectRejection(await project.post("/api/v1/agents//ping", {}), 404, "not_found");
    expectRejection(await project.post("/api/v1/otlp", {}), 404, "not_found");
    expectRejection(await project.post("/api/v1/metrics.data", { metrics }), 404, "not_found");
    const unknown = await app.browser().get("/api/x.data");
    expect([unknown.status, jsonOf(unknown)]).toEqual([404, { error: "not_found" }]);
    // The same key for another agent's path is another request.
    const once = { "Idempotency-Key": "once" };
    for (const agent of ["a", "b"]) {
      expect((await project.post(pathOf(agent, "status"), { state: "done" }, once)).status).toBe(202);
    }
    await expect.poll(async () => (await project.agents()).length, { timeout: 10_000 }).toBe(2);
  });

  it("are described by the OpenAPI document", async () => {
    const document = jsonOf<{ paths: object; components: { schemas: object } }>(
      await app.browser().get("/api/v1/openapi.json"),
    );
    expect(Object.keys(document.paths)).toEqual([
      "/api/v1/metrics",
      "/api/v1/agents",
      "/api/v1/agents/{agent}/status",
      "/api/v1/agents/{agent}/ping",
    ]);
    const references = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)];
    for (const [, name = ""] of references) expect(document.components.schemas).toHaveProperty(name);
  });
});

describe("a project with metrics", () => {
  const MINUTE = 60_000;

  async function projectWith(user: User, name: string, metrics: Metric[]): Promise<string> {
    const project = await newProject(user, name);
    expect((await project.post("/api/v1/metrics", { metrics })).status).toBe(202);
    const names = [...new Set(metrics.map(({ agent }) => agent))].sort();
    const shown = async () => (await project.agents()).map(({ agent }) => agent).sort();
    await expect.poll(shown, { timeout: 10_000 }).toEqual(names);
    return `/projects/${project.id}`;
  }

  it("draws a chart of a single extreme value", async () => {
    const ann = await newUser();
    for (const value of [2.964393875e-314, 1.7e308, 0]) {
      const page = await ann.browser.get(
        await projectWith(ann, `Only ${value}`, [{ agent: "a", name: "n", value }]),
      );
      expect(page, `${value}`).toBeSafeHtml(200);
      expect(page.text).not.toMatch(/NaN|Infinity/);
    }
  });

  it("shows a point from an agent whose clock is ahead", async () => {
    const ann = await newUser();
    const at = Date.now() + 4.9 * MINUTE;
    const path = await projectWith(ann, "Ahead", [{ agent: "a", name: "n", value: 7.125, at }]);
    for (const range of ["1h", "24h", "7d"]) {
      const { text } = await ann.browser.get(`${path}?range=${range}`);
      expect(text).not.toContain("No metrics in");
      expect(new Page(text).tags("table").map(textOf).join()).toContain("7.125");
    }
  });

  it("lists a silent agent first when 60 others report later", async () => {
    const ann = await newUser();
    const others = Array.from({ length: 60 }, (_, i) => ({ agent: `agent ${i}`, name: "n", value: i }));
    const silent = { agent: "silent", name: "n", value: 1, at: Date.now() - 40 * MINUTE };
    const path = await projectWith(ann, "Watch", [silent, ...others]);
    for (const list of ["/", "/dashboard"]) {
      const text = textOf(new Page((await ann.browser.get(list)).text).root);
      expect(text).toMatch(/1 agent needs attention: ?silent in Watch, silent, 40 min ago/);
      expect(text).toMatch(/1 silent\s*60 fresh/);
      expect(text.lastIndexOf("silent")).toBeLessThan(text.indexOf("agent 0"));
      expect(text).toContain("and 37 more");
    }
    const agents = new Page((await ann.browser.get(path)).text).tags("h3").map(textOf);
    expect(agents[0]).toBe("silent");
    expect(agents.filter((name) => name.startsWith("agent "))).toHaveLength(60);
  });

  it("says how much was dropped, why and what to do", async () => {
    const ann = await newUser();
    const point = { agent: "a", name: "n", value: 1 };
    const path = await projectWith(ann, "Mixed", [point]);
    const project = await newProject(ann, "Drops");
    await project.send({ metrics: [point, { ...point, kind: "counter" }, { ...point, kind: "counter" }] });
    const alerts = async (of: string) => new Page((await ann.browser.get(of)).text).role("alert").join();
    const expected = /Some data was dropped: 2 items since .*another kind.*Use another name/;
    await expect.poll(() => alerts(`/projects/${project.id}`), { timeout: 10_000 }).toMatch(expected);
    expect(await alerts(path)).toBe("");
    const next = await project.send({ metrics: [point] });
    expect(jsonOf(next)).toMatchObject({ accepted: 1, warnings: [{ code: "kind_mismatch", count: 2 }] });
  });
});
