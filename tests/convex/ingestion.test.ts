/** Ingestion: what is accepted, stored and listed; idempotency keys; limits and kinds. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { CONFLICTS, openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";
import { DAY, HOUR, MINUTE, newProject, newScene, type Point, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let project: Reporting;

beforeEach(async () => {
  ({ backend, grace, project } = await newScene(startBackend(CONFLICTS)));
});

const recentPage = (cursor: string | null, endCursor: string | null = null, numItems = 100) =>
  grace.query(api.metrics.recent, {
    projectId: project.projectId,
    paginationOpts: { numItems, cursor, endCursor },
  });

const recent = async () => (await recentPage(null)).page;
const agents = () => grace.query(api.agents.list, { projectId: project.projectId });
const dropped = async () => (await grace.query(api.projects.get, { projectId: project.projectId })).dropped;
const accepted = (count: number) => ({ outcome: "accepted", accepted: count, warnings: [] });

describe("batches", () => {
  test("points are stored with their own time, or the time of arrival if they have none", async () => {
    const at = Date.now() - HOUR;
    expect(
      await project.send([
        { value: 1, at },
        { value: 2, kind: "counter" },
      ]),
    ).toEqual(accepted(2));
    const [second, first] = await recent();
    const point = { _id: expect.any(String), agent: "scout", name: "latency" };
    expect(first).toEqual({ ...point, kind: "gauge", value: 1, at });
    expect(second).toEqual({ ...point, kind: "counter", value: 2, at: expect.any(Number) });
    expect(Math.abs(Date.now() - (second?.at ?? 0))).toBeLessThan(MINUTE);
  });

  test("a repeated Idempotency-Key stores the batch once, and a different body is a conflict", async () => {
    const statuses = [{ state: "working" as const }];
    expect(await project.send([{ value: 1 }], statuses, "once")).toEqual(accepted(2));
    expect(await project.send([{ value: 1 }], statuses, "once")).toEqual(accepted(2));
    expect(await project.send([{ value: 2 }], statuses, "once")).toEqual({ outcome: "conflict" });
    expect(await recent()).toHaveLength(1);
  });

  test("ten requests with the same Idempotency-Key at once are stored once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => project.send([{}], [], "once")));
    expect(answers).toEqual(Array(10).fill(accepted(1)));
    expect(await recent()).toHaveLength(1);
  });

  test("a rejected batch stores nothing and does not use up its Idempotency-Key", async () => {
    expect(await project.send([{}, { value: Number.NaN }], [], "again")).toMatchObject({
      outcome: "invalid",
    });
    expect(await recent()).toEqual([]);
    expect(await project.send([{}], [], "again")).toEqual(accepted(1));
  });

  test("an Idempotency-Key belongs to its project", async () => {
    await project.send([{ value: 1 }], [], "once");
    const other = await newProject(backend, await signIn(backend, "alan"));
    expect(await other.send([{ value: 2 }], [], "once")).toEqual(accepted(1));
  });

  test("each invalid item is reported with its list and index", async () => {
    const now = Date.now();
    const answer = await project.send(
      [
        { agent: "" },
        { name: "x".repeat(129) },
        { value: Number.POSITIVE_INFINITY },
        { at: now - 7 * DAY - MINUTE },
        { at: now + 6 * MINUTE },
        { agent: "\u200b" },
        { agent: ".." },
        { name: "a\u0085" },
        { kind: "histogram" },
        { agent: "\u{1f600}".repeat(64), name: "x".repeat(128), at: now - 7 * DAY + MINUTE },
      ],
      [{ message: "x".repeat(201) }, { agent: "." }, { state: "done", message: "\u{1f600}".repeat(200) }],
    );
    expect(answer).toMatchObject({
      outcome: "invalid",
      issues: [
        ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => ({ list: "metrics", index })),
        ...[0, 1].map((index) => ({ list: "statuses", index })),
      ],
    });
    const whole = { outcome: "invalid", issues: [{ list: null, index: null }] };
    expect(await project.send([])).toMatchObject(whole);
    expect(await project.send(Array(500).fill({}), [{ state: "done" }])).toMatchObject(whole);
  });

  test("only the worker can send metrics, and an unknown key is rejected", async () => {
    const wrong = { edge: "wrong", keyHash: project.keyHash, path: "/api/v1/metrics" };
    expect(await rejectionOf(backend.nobody.mutation(api.metrics.ingest, wrong))).toBe("forbidden");
    expect(await project.with("mosaic_unknown").send([{}])).toEqual({ outcome: "unauthenticated" });
  });
});

describe("the list of events", () => {
  test("pages of fixed size show all points in the order of arrival, newest first", async () => {
    const now = Date.now();
    // The times run against the order of arrival.
    const values = Array.from({ length: 250 }, (_, value) => value);
    for (const some of [values.slice(0, 1), values.slice(1, 240), values.slice(240)]) {
      await project.send(some.map((value) => ({ value, at: now - value * 1_000 })));
    }
    const pages = [await recentPage(null)];
    for (let last = pages[0]; last !== undefined && !last.isDone; last = pages.at(-1)) {
      pages.push(await recentPage(last.continueCursor));
    }
    expect(pages.map(({ page }) => page.length)).toEqual([100, 100, 50]);
    const listed = pages.flatMap(({ page }) => page);
    expect(listed.map(({ value }) => value)).toEqual(values.toReversed());
    expect(new Set(listed.map(({ _id }) => _id)).size).toBe(250);
    // A page that ends at a cursor has at most 100 points too.
    const [one, two] = pages.map(({ continueCursor }) => continueCursor);
    expect((await recentPage(null, one)).page).toHaveLength(100);
    expect(await rejectionOf(recentPage(null, two ?? ""))).toBe("invalid");
  });

  test("the newest page does not grow while points arrive, and ids stay", async () => {
    await project.send(Array.from({ length: 5 }, (_, value) => ({ value })));
    const before = await recentPage(null, null, 5);
    await project.send([{ value: 5 }]);
    const after = await recentPage(null, null, 5);
    expect(after.page.map(({ value }) => value)).toEqual([5, 4, 3, 2, 1]);
    expect(after.page.slice(1)).toEqual(before.page.slice(0, 4));
  });

  test("a cursor that does not belong to the list is invalid", async () => {
    for (const cursor of ["nonsense", "[]", '["a","b",0]', '[1,"b",-1]']) {
      expect(await rejectionOf(recentPage(cursor)), cursor).toBe("invalid");
    }
  });
});

describe("limits", () => {
  test("a project keeps 200 agents; items of further agents are dropped with a warning", async () => {
    const many = (count: number, prefix: string): Point[] =>
      Array.from({ length: count }, (_, i) => ({ agent: `${prefix} ${i}` }));
    await project.report(many(199, "agent"));
    await project.report([{ agent: "agent 0", value: 7 }, ...many(3, "late")], [{ agent: "later" }]);
    const listed = await agents();
    expect(listed).toHaveLength(200);
    // The first of the batch found the last place; the other items of the batch are kept.
    expect(listed.map(({ agent }) => agent)).toContain("late 0");
    expect(listed.find(({ agent }) => agent === "agent 0")?.metrics[0]?.value).toBe(7);
    expect(await dropped()).toEqual({
      count: 3,
      since: expect.any(Number),
      lastAt: expect.any(Number),
      codes: ["limit_reached"],
    });
    const answer = await project.send([{ agent: "agent 1" }]);
    const warning = { code: "limit_reached", count: 3, message: expect.stringContaining("200 agents") };
    expect(answer).toEqual({ outcome: "accepted", accepted: 1, warnings: [warning] });
    // A retired agent makes room.
    await grace.mutation(api.agents.retire, { projectId: project.projectId, agent: "late 0" });
    await project.report([{ agent: "late 1" }]);
    expect((await agents()).map(({ agent }) => agent)).toContain("late 1");
    // A retired agent that reports while 200 others are active stays retired.
    await project.report([{ agent: "late 0" }]);
    expect((await agents()).map(({ agent }) => agent)).not.toContain("late 0");
    await expect.poll(async () => (await dropped())?.count).toBe(4);
  });

  test("a project keeps 1000 time series; points of further ones are dropped", async () => {
    const many = (from: number, count: number): Point[] =>
      Array.from({ length: count }, (_, i) => ({ agent: `agent ${i % 100}`, name: `metric ${from + i}` }));
    await project.report(many(0, 500));
    await project.report(many(500, 499));
    await project.report([...many(0, 1), { name: "one" }, { name: "too many" }]);
    expect(await dropped()).toMatchObject({ count: 1, codes: ["limit_reached"] });
    const { series } = await grace.query(api.agents.get, { projectId: project.projectId, agent: "scout" });
    expect(series.map(({ name }) => name)).toEqual(["one"]);
    // Time series of a retired agent do not count.
    await grace.mutation(api.agents.retire, { projectId: project.projectId, agent: "agent 0" });
    await project.report([{ name: "two" }]);
    const after = await grace.query(api.agents.get, { projectId: project.projectId, agent: "scout" });
    expect(after.series.map(({ name }) => name)).toEqual(["one", "two"]);
  });

  test("points of another kind than their time series are dropped, and the others are kept", async () => {
    await project.report([{ value: 1, kind: "counter" }, { value: 2 }, { value: 3, kind: "counter" }]);
    const [agent] = await agents();
    expect(agent?.metrics).toMatchObject([{ kind: "counter", value: 3, today: { sum: 4 } }]);
    expect(await dropped()).toMatchObject({ count: 1, codes: ["kind_mismatch"] });
    // The page says it within 2 s, also right after another drop.
    const written = async () => {
      const rows = await backend.rows("drops");
      return Number(rows.find(({ projectId }) => projectId === project.projectId)?.writtenAt);
    };
    const first = await written();
    await project.report([{ value: 4 }]);
    await expect.poll(dropped, { timeout: 15_000 }).toMatchObject({ count: 2 });
    expect((await written()) - first).toBeLessThan(4_500);
  });

  test("after 24 hours without a point, the next point decides the kind", async () => {
    await project.report([{ value: 1, kind: "counter" }]);
    const rows = await backend.rows("timeSeries");
    const old = rows.map((row) =>
      row.projectId === project.projectId ? { ...row, arrivedAt: Number(row.arrivedAt) - DAY } : row,
    );
    await backend.store("timeSeries", old, "replace");
    await project.report([{ value: 5 }]);
    const [agent] = await agents();
    expect(agent?.metrics).toMatchObject([{ kind: "gauge", value: 5, today: null }]);
    expect(await dropped()).toBe(null);
  });

  test("200 agents with the longest names, messages and metrics fit into the overview", async () => {
    const wide = (text: string, count: number, i: number) => `${i}`.padEnd(4, "_") + text.repeat(count - 4);
    for (let from = 0; from < 200; from += 50) {
      const names = Array.from({ length: 50 }, (_, i) => wide("\u{1f600}", 64, from + i));
      const points = names.flatMap((agent, i) =>
        Array.from({ length: 3 }, (_, n) => ({
          agent,
          name: wide("\u{1f600}", 128, n),
          value: -Number.MAX_VALUE,
          kind: "counter" as const,
          at: Date.now() - ((i * 7) % 24) * HOUR,
        })),
      );
      const message = "\u{1f600}".repeat(200);
      await project.report(
        points,
        names.map((agent) => ({ agent, state: "working" as const, message })),
      );
    }
    expect(await agents()).toHaveLength(200);
    expect(await dropped()).toBe(null);
  });
});
