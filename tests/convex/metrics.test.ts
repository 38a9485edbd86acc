/** API keys, ingestion of metrics, and the queries that read them. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import { hashOfKey } from "../../convex/model/keys.ts";
import { CONFLICTS, EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";

const { startBackend } = openBackends();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let backend: TestBackend;
let grace: Member;
let alan: Member;
let projectId: Id<"projects">;
let keyId: Id<"projectKeys">;
let keyHash: string;

beforeEach(() => begin(() => startBackend(CONFLICTS)));

/** Creates a project with an API key. */
async function begin(start: () => Promise<TestBackend>): Promise<void> {
  backend = await start();
  grace = await signIn(backend, "grace");
  alan = await signIn(backend, "alan");
  projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  const made = await grace.mutation(api.projectKeys.create, { projectId, name: "Laptop" });
  keyId = made.keyId;
  keyHash = await hashOfKey(made.key);
}

type Sent = { agent?: string; name?: string; value?: number; at?: number };

/** Sends points as the worker does, with defaults for the fields that a point leaves out. */
async function send(points: Sent[], idempotencyKey?: string) {
  const metrics = points.map((point) => ({ agent: "scout", name: "latency", value: 1, ...point }));
  return await backend.nobody.mutation(api.metrics.ingest, {
    edge: EDGE_SECRET,
    keyHash,
    batch: {
      metrics,
      bodyHash: JSON.stringify(points),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    },
  });
}

async function series(range: "1h" | "24h" | "7d", agent = "scout", name = "latency") {
  return await grace.query(api.metrics.series, { projectId, agent, name, range });
}

const recentPage = (cursor: string | null, endCursor: string | null = null) =>
  grace.query(api.metrics.recent, { projectId, paginationOpts: { numItems: 100, cursor, endCursor } });

async function recent() {
  return (await recentPage(null)).page;
}

describe("API keys", () => {
  test("a key's secret is returned only at creation, and keys are listed newest first", async () => {
    const { key } = await grace.mutation(api.projectKeys.create, { projectId, name: " Server " });
    expect(key).toMatch(/^mosaic_[0-9a-f]{64}$/);
    const listed = await grace.query(api.projectKeys.list, { projectId });
    expect(listed.map(({ name }) => name)).toEqual(["Server", "Laptop"]);
    expect(listed[0]).toEqual({
      keyId: expect.any(String),
      name: "Server",
      createdAt: expect.any(Number),
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(JSON.stringify(listed)).not.toContain(key.slice(7));
  });

  test("lastUsedAt records the last use of a key to the minute", async () => {
    await send([{}]);
    const [listed] = await grace.query(api.projectKeys.list, { projectId });
    expect(listed?.lastUsedAt).toBe(Math.floor((listed?.lastUsedAt ?? 0) / MINUTE) * MINUTE);
    expect(Date.now() - (listed?.lastUsedAt ?? 0)).toBeLessThan(2 * MINUTE);
  });

  test("a revoked key is rejected, and revoking it again changes nothing", async () => {
    await grace.mutation(api.projectKeys.revoke, { keyId });
    const [before] = await grace.query(api.projectKeys.list, { projectId });
    await grace.mutation(api.projectKeys.revoke, { keyId });
    expect(await grace.query(api.projectKeys.list, { projectId })).toEqual([before]);
    expect(await send([{}])).toEqual({ outcome: "unauthenticated" });
    expect(await recent()).toEqual([]);
  });

  test("only the project's owner manages keys: members get forbidden, outsiders not_found", async () => {
    await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
    const outsider = await signIn(backend, "outsider");
    for (const [person, code] of [
      [alan, "forbidden"],
      [outsider, "not_found"],
    ] as const) {
      expect(await rejectionOf(person.query(api.projectKeys.list, { projectId }))).toBe(code);
      expect(await rejectionOf(person.mutation(api.projectKeys.create, { projectId, name: "K" }))).toBe(code);
      expect(await rejectionOf(person.mutation(api.projectKeys.revoke, { keyId }))).toBe(code);
    }
    for (const other of ["no id", projectId]) {
      expect(await rejectionOf(grace.mutation(api.projectKeys.revoke, { keyId: other }))).toBe("not_found");
    }
  });

  test("creating and revoking a key is logged", async () => {
    await grace.mutation(api.projectKeys.revoke, { keyId });
    const { page } = await grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 2, cursor: null } });
    expect(page).toMatchObject([
      { event: "key_revoked", actorId: grace.userId, target: "Laptop" },
      { event: "key_created", actorId: grace.userId, target: "Laptop" },
    ]);
  });
});

describe("ingestion", () => {
  test("points are stored with their own time, or the current time if they have none", async () => {
    const at = Date.now() - HOUR;
    expect(await send([{ value: 1, at }, { value: 2 }])).toEqual({ outcome: "accepted", accepted: 2 });
    const [second, first] = await recent();
    expect(first).toEqual({ _id: expect.any(String), agent: "scout", name: "latency", value: 1, at });
    expect(Math.abs(Date.now() - (second?.at ?? 0))).toBeLessThan(MINUTE);
  });

  test("a repeated Idempotency-Key stores the batch once, and a different body is a conflict", async () => {
    expect(await send([{ value: 1 }], "once")).toEqual({ outcome: "accepted", accepted: 1 });
    expect(await send([{ value: 1 }], "once")).toEqual({ outcome: "accepted", accepted: 1 });
    expect(await send([{ value: 2 }], "once")).toEqual({ outcome: "conflict" });
    expect(await recent()).toHaveLength(1);
  });

  test("a rejected batch stores nothing and does not use up its Idempotency-Key", async () => {
    expect(await send([{}, { value: Number.NaN }], "again")).toMatchObject({ outcome: "invalid" });
    expect(await recent()).toEqual([]);
    expect(await send([{}], "again")).toEqual({ outcome: "accepted", accepted: 1 });
  });

  test("two projects can use the same Idempotency-Key", async () => {
    await send([{ value: 1 }], "once");
    const other = await alan.mutation(api.projects.create, { name: "Other" });
    const { key } = await alan.mutation(api.projectKeys.create, { projectId: other, name: "K" });
    keyHash = await hashOfKey(key);
    expect(await send([{ value: 2 }], "once")).toEqual({ outcome: "accepted", accepted: 1 });
  });

  test("each invalid point is reported with its index", async () => {
    const now = Date.now();
    const answer = await send([
      { agent: "" },
      { name: "x".repeat(65) },
      { value: Number.POSITIVE_INFINITY },
      { at: now - 7 * DAY - MINUTE },
      { at: now + 6 * MINUTE },
      { agent: "\u200b" },
      { agent: ".." },
      { name: "a\u0085" },
      { agent: "😀".repeat(64), at: now - 7 * DAY + MINUTE },
    ]);
    expect(answer).toMatchObject({
      outcome: "invalid",
      issues: [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ({ index })),
    });
    expect(await send([])).toMatchObject({ outcome: "invalid", issues: [{ index: null }] });
    expect(await send(Array(501).fill({}))).toMatchObject({ outcome: "invalid", issues: [{ index: null }] });
  });

  test("a batch of 500 points is stored completely", async () => {
    const points = Array.from({ length: 500 }, (_, i) => ({ agent: `agent ${i % 50}`, value: i }));
    expect(await send(points)).toEqual({ outcome: "accepted", accepted: 500 });
    const pages = [await recentPage(null)];
    for (let last = pages[0]; last !== undefined && !last.isDone; last = pages.at(-1)) {
      pages.push(await recentPage(last.continueCursor));
    }
    expect(pages.map(({ page }) => page.length)).toEqual([100, 100, 100, 100, 100]);
    expect(new Set(pages.flatMap(({ page }) => page.map(({ _id }) => _id))).size).toBe(500);
    // The limit of 100 items also applies to a page with an end cursor.
    const [one, two] = pages.map(({ continueCursor }) => continueCursor);
    expect((await recentPage(null, one)).page).toHaveLength(100);
    expect(await rejectionOf(recentPage(null, two))).toBe("invalid");
  });

  test("batches that arrive at the same moment are all stored once", async () => {
    // They conflict in the document of the rate limit. Each commit delays another request once, and there are 4 retries.
    const at = Math.floor(Date.now() / MINUTE) * MINUTE - MINUTE;
    const batches = [1, 2, 3, 4].map((value) => send([{ value, at }]));
    expect(await Promise.all(batches)).toEqual(Array(4).fill({ outcome: "accepted", accepted: 1 }));
    expect((await recent()).map(({ value }) => value).sort()).toEqual([1, 2, 3, 4]);
    const [bucket] = await series("1h");
    expect(bucket).toMatchObject({ count: 4, sum: 10 });
  });

  test("the 601st request of a minute is rate limited, including requests without a batch", async () => {
    // 50 requests at the same moment fail by conflicts in the document of the rate limit, until it is divided in shards.
    await begin(startBackend);
    const ask = () => backend.nobody.mutation(api.metrics.ingest, { edge: EDGE_SECRET, keyHash });
    for (let sent = 0; sent < 600; sent += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, ask));
      expect(answers).toEqual(Array(50).fill({ outcome: "admitted" }));
    }
    const refused = await ask();
    expect(refused).toMatchObject({ outcome: "rate_limited", retryAfterMs: expect.any(Number) });
    expect(await send([{}])).toMatchObject({ outcome: "rate_limited" });
    expect(await recent()).toEqual([]);
  });

  test("only the worker can send metrics, and an unknown key is rejected", async () => {
    const wrong = { edge: "wrong", keyHash };
    expect(await rejectionOf(backend.nobody.mutation(api.metrics.ingest, wrong))).toBe("forbidden");
    keyHash = await hashOfKey("mosaic_unknown");
    expect(await send([{}])).toEqual({ outcome: "unauthenticated" });
  });
});

describe("queries", () => {
  test("a chart returns the buckets with data in ascending order", async () => {
    const minute = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;
    await send([
      { value: 1, at: minute },
      { value: 5, at: minute + 59_999 },
      { value: 3, at: minute + 3 * MINUTE },
    ]);
    await send([{ value: -2, at: minute + 1000 }]);
    expect(await series("1h")).toEqual([
      { at: minute, count: 3, sum: 4, min: -2, max: 5 },
      { at: minute + 3 * MINUTE, count: 1, sum: 3, min: 3, max: 3 },
    ]);
  });

  test("each range has its bucket width and its time limit", async () => {
    const now = Date.now();
    await send([{ at: now }, { at: now - 2 * HOUR }, { at: now - 3 * DAY }]);
    expect(await series("1h")).toHaveLength(1);
    expect((await series("24h")).map(({ at }) => at % (10 * MINUTE))).toEqual([0, 0]);
    expect((await series("7d")).map(({ at }) => at % HOUR)).toEqual([0, 0, 0]);
    expect(await series("7d", "scout", "other")).toEqual([]);
  });

  test("the sum of extreme values is capped instead of infinite", async () => {
    await send([{ value: Number.MAX_VALUE }, { value: Number.MAX_VALUE }]);
    expect(await series("1h")).toMatchObject([{ count: 2, sum: Number.MAX_VALUE, max: Number.MAX_VALUE }]);
  });

  test("every range includes a point from an agent whose clock is 4.9 minutes ahead", async () => {
    const at = Date.now() + 4.9 * MINUTE;
    await send([{ at }]);
    for (const [range, width] of [
      ["1h", MINUTE],
      ["24h", 10 * MINUTE],
      ["7d", HOUR],
    ] as const) {
      const buckets = await series(range);
      expect(buckets.map((bucket) => bucket.at)).toEqual([Math.floor(at / width) * width]);
    }
  });

  test("the list of projects has the latest value of each metric, newest first", async () => {
    const now = Date.now();
    await send([
      { value: 2, at: now - 1000 },
      { name: "load", value: 7, at: now - 2000 },
    ]);
    await send([{ value: 1, at: now - 5000 }]);
    const [project] = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
    expect(project?.agents).toEqual([
      { agent: "scout", name: "latency", value: 2, at: now - 1000 },
      { agent: "scout", name: "load", value: 7, at: now - 2000 },
    ]);
    expect(await grace.query(api.metrics.latest, { projectId })).toEqual(project?.agents);
  });

  test("a silent agent stays in every list when 199 other agents report later", async () => {
    const now = Date.now();
    await send([{ agent: "silent", at: now - 40 * MINUTE }]);
    const others = Array.from({ length: 199 }, (_, i) => `agent ${i}`);
    await send(others.map((agent, i) => ({ agent, at: now - i })));
    await send(others.map((agent, i) => ({ agent, name: "load", at: now - i })));
    const latest = await grace.query(api.metrics.latest, { projectId });
    const [project] = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
    const page = await grace.query(api.pages.dashboard, {});
    for (const list of [latest, project?.agents, page.projects[0]?.agents]) {
      expect(list?.at(-1)?.agent).toBe("silent");
      expect(new Set(list?.map(({ agent }) => agent)).size).toBe(200);
    }
  });

  test("a list that is full contains the newest and the oldest metrics", async () => {
    const now = Date.now();
    await send([{ agent: "silent", at: now - 40 * MINUTE }]);
    // Small batches, because a mutation has one second on a busy machine too.
    for (let batch = 0; batch < 12; batch++) {
      await send(Array.from({ length: 100 }, (_, i) => ({ agent: `agent ${batch} ${i}`, at: now - i })));
    }
    const latest = await grace.query(api.metrics.latest, { projectId });
    expect(latest).toHaveLength(1000);
    expect(latest.at(0)?.at).toBe(now);
    expect(latest.at(-1)?.agent).toBe("silent");
  });

  test("members and admins read metrics, and the project is not_found for other users", async () => {
    await send([{}]);
    const ask = { projectId, agent: "scout", name: "latency", range: "1h" } as const;
    expect(await rejectionOf(alan.query(api.metrics.series, ask))).toBe("not_found");
    await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
    expect(await alan.query(api.metrics.series, ask)).toHaveLength(1);
    const ada = await signIn(backend, "ada");
    expect(await ada.query(api.metrics.series, ask)).toHaveLength(1);
    expect(await rejectionOf(ada.query(api.metrics.series, { ...ask, projectId: "no id" }))).toBe(
      "not_found",
    );
  });

  test("recent points are paginated newest first, and late points are sorted by their time", async () => {
    const now = Date.now();
    for (const age of [3, 1, 2]) await send([{ value: age, at: now - age * MINUTE }]);
    const ask = (cursor: string | null) =>
      grace.query(api.metrics.recent, { projectId, paginationOpts: { numItems: 2, cursor } });
    const first = await ask(null);
    expect(first.page.map(({ value }) => value)).toEqual([1, 2]);
    expect((await ask(first.continueCursor)).page.map(({ value }) => value)).toEqual([3]);
  });
});
