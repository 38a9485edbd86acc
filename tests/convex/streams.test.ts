/** OpenTelemetry points: what cumulative streams add to their time series, and what limits apply. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { type Point, packPoints, type Total } from "../../convex/model/points.ts";
import { CONFLICTS, EDGE_SECRET, openBackends, type Row, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";
import { DAY, HOUR, MINUTE, newScene, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let project: Reporting;

beforeEach(async () => {
  ({ backend, grace, project } = await newScene(startBackend(CONFLICTS)));
});

/** When the streams started that do not say. */
const START = Date.now() - 2 * HOUR;

let bodies = 0;

/** Returns the rows of this project. */
async function rowsOf(table: string) {
  await project.fold();
  return (await backend.rows(table)).filter(({ projectId }) => projectId === project.projectId);
}

/** Makes the rows of this project older. */
async function age(table: string, by: number): Promise<void> {
  await project.fold();
  const aged = ({ streams, ...row }: Row) => ({
    ...row,
    at: (row.at as number) - by,
    ...(streams !== undefined && {
      streams: (streams as { arrivedAt: number }[]).map((stream) => ({
        ...stream,
        arrivedAt: stream.arrivedAt - by,
      })),
    }),
  });
  await backend.store(
    table,
    (await backend.rows(table)).map((row) => (row.projectId === project.projectId ? aged(row) : row)),
    "replace",
  );
}

/** Sends points as the worker does. */
async function send(points: readonly Point[], bodyHash = `body ${bodies++}`) {
  return await backend.nobody.mutation(api.metrics.ingest, {
    edge: EDGE_SECRET,
    keyHash: project.keyHash,
    path: "/api/v1/otlp/v1/metrics",
    batch: { metrics: [], statuses: [], points: packPoints(points), bodyHash },
  });
}

async function report(...points: Point[]): Promise<void> {
  expect(await send(points)).toMatchObject({ outcome: "accepted" });
}

/** Returns a point of a cumulative stream. Absent fields have defaults. */
function total(
  total: Total,
  more: Partial<Point> & { id?: string; start?: number; at?: number } = {},
): Point {
  const { id = "stream", start = START, at = Date.now() } = more;
  const kind = total.count === undefined ? "counter" : "histogram";
  const { agent = "scout", name = "tokens", resource = "resource" } = more;
  return { agent, name, resource, at, said: { kind, stream: { id, start, at, total } } };
}

async function agents() {
  await project.fold();
  return await grace.query(api.agents.list, { projectId: project.projectId });
}

const recent = async () => {
  await project.fold();
  return (
    await grace.query(api.metrics.recent, {
      projectId: project.projectId,
      paginationOpts: { numItems: 100, cursor: null },
    })
  ).page;
};
const dropped = async () => (await grace.query(api.projects.get, { projectId: project.projectId })).dropped;

/** Returns the values of the listed points, oldest first. */
const values = async () => (await recent()).map(({ value }) => value).reverse();

/** Returns the one bucket of a time series. */
async function bucket(name = "tokens") {
  await project.fold();
  const args = { projectId: project.projectId, agent: "scout", name, range: "24h" as const };
  const buckets = await grace.query(api.metrics.series, args);
  return buckets.map(({ count, sum, min, max }) => ({ count, sum, min, max }));
}

describe("cumulative sums", () => {
  test("add the difference to the previous point of their stream", async () => {
    await report(total({ sum: 100 }));
    expect(await agents()).toMatchObject([{ agent: "scout", metrics: [] }]);
    await report(total({ sum: 130 }));
    await report(total({ sum: 130 }));
    await report(total({ sum: 131.5 }));
    expect(await values()).toEqual([30, 0, 1.5]);
    expect(await agents()).toMatchObject([{ metrics: [{ kind: "counter", value: 1.5 }] }]);
  });

  test("count in full after a reset: a smaller value or a later start", async () => {
    const start = START;
    await report(total({ sum: 100 }, { start }));
    await report(total({ sum: 40 }, { start }));
    await report(total({ sum: 50 }, { start: start + 1 }));
    expect(await values()).toEqual([40, 50]);
  });

  test("change nothing with a point that is not newer", async () => {
    const at = Date.now() - MINUTE;
    await report(total({ sum: 100 }, { at }));
    await report(total({ sum: 110 }, { at }), total({ sum: 90 }, { at: at - 1 }));
    await report(total({ sum: 120 }, { at: at + 1 }));
    expect(await values()).toEqual([20]);
  });

  test("count in full at their first point if they are young, or if their resource was known without them", async () => {
    const now = Date.now();
    await report(
      total({ sum: 5 }, { id: "young", start: now - HOUR, at: now }),
      total({ sum: 7 }, { id: "old", start: now - HOUR - 1, at: now }),
      total({ sum: 9 }, { id: "unknown start", start: 0 }),
    );
    expect(await values()).toEqual([5]);
    await report(total({ sum: 11 }, { id: "appeared later" }));
    await report(total({ sum: 13 }, { id: "of another resource", resource: "other" }));
    expect(await values()).toEqual([5, 11]);
  });

  test("know a resource from a gauge that it exported", async () => {
    const gauge: Point = {
      agent: "scout",
      name: "g",
      resource: "resource",
      at: null,
      said: { kind: "gauge", value: 1 },
    };
    await report(gauge);
    await report(total({ sum: 11 }));
    expect(await values()).toEqual([1, 11]);
  });

  test("of one request and time add up in their time series", async () => {
    const at = Date.now() - MINUTE;
    const both = (a: number, b: number, at: number) =>
      report(total({ sum: a }, { id: "a", at }), total({ sum: b }, { id: "b", at }));
    await both(1, 10, at);
    await both(3, 16, at + 1);
    expect(await values()).toEqual([8]);
    expect(await agents()).toMatchObject([{ metrics: [{ value: 8 }] }]);
    expect(await bucket()).toEqual([{ count: 2, sum: 8, min: 2, max: 6 }]);
  });

  test("start again after a day without an export", async () => {
    await report(total({ sum: 100 }));
    await age("streams", DAY);
    await report(total({ sum: 130 }));
    await report(total({ sum: 131 }));
    expect(await values()).toEqual([1]);
  });
});

describe("histograms", () => {
  const bounds = [1, 10, 100];
  const explicit = (...counts: number[]) => ({ bounds, counts });

  test("add count and sum, with the bounds of the buckets that rose", async () => {
    await report(total({ sum: 500, count: 4, distribution: explicit(0, 0, 2, 2) }));
    await report(total({ sum: 527, count: 7, distribution: explicit(0, 2, 3, 2) }));
    expect(await bucket()).toEqual([{ count: 3, sum: 27, min: 1, max: 100 }]);
    expect(await recent()).toMatchObject([{ kind: "histogram", value: 9 }]);
  });

  test("of an exponential scale are compared after a change of the scale", async () => {
    const exponential = (scale: number, offset: number, counts: number[]) => ({
      ...{ scale, zero: 0, zeroWidth: 0 },
      positive: { offset, counts },
      negative: { offset: 0, counts: [] },
    });
    // Scale 1 has the bounds 1, 1.41, 2, 2.83, 4; scale 0 has 1, 2, 4, 8.
    await report(total({ sum: 6, count: 4, distribution: exponential(1, 0, [1, 1, 1, 1]) }));
    await report(total({ sum: 12, count: 5, distribution: exponential(0, 0, [2, 2, 1]) }));
    expect(await bucket()).toEqual([{ count: 1, sum: 6, min: 4, max: 8 }]);
  });

  test("use the mean if their buckets cannot be compared, and nothing if no value was added", async () => {
    await report(total({ sum: 10, count: 1, distribution: explicit(0, 0, 1, 0) }));
    await report(total({ sum: 10, count: 1, distribution: explicit(0, 0, 1, 0) }));
    expect(await agents()).toMatchObject([{ metrics: [] }]);
    await report(total({ sum: 40, count: 3, distribution: { bounds: [5], counts: [0, 3] } }));
    expect(await bucket()).toEqual([{ count: 2, sum: 30, min: 15, max: 15 }]);
  });

  test("count in full after a smaller count, with the mean between the bounds", async () => {
    await report(total({ sum: 900, count: 9, distribution: explicit(0, 0, 9, 0) }));
    await report(total({ sum: 600, count: 2, distribution: explicit(0, 0, 0, 2) }));
    expect(await bucket()).toEqual([{ count: 2, sum: 600, min: 100, max: 300 }]);
  });
});

describe("limits", () => {
  test("a byte-identical body within 10 minutes is stored once", async () => {
    const points = [total({ sum: 1 }, { start: Date.now() })];
    expect(await send(points, "same")).toMatchObject({ outcome: "accepted" });
    expect(await send(points, "same")).toMatchObject({ outcome: "accepted" });
    expect(await values()).toEqual([1]);
    await age("agentMetrics", 10 * MINUTE);
    await send([total({ sum: 4 }, { start: Date.now() - HOUR })], "same");
    expect(await recent()).toHaveLength(2);
  });

  test("5,000 points of 1,000 time series are stored, and listed once each", async () => {
    const start = Date.now() - MINUTE;
    const points = Array.from({ length: 5_000 }, (_, i) =>
      total({ sum: i }, { id: `s${i}`, name: `n${i % 1_000}`, start, at: Date.now() - (i % 7) }),
    );
    expect(await send(points)).toEqual({ outcome: "accepted", accepted: 5_000, warnings: [] });
    const used = await backend.highestUse("metrics:ingest");
    expect(used.documentsWritten).toBeLessThanOrEqual(3);
    expect(used.indexRanges).toBeLessThanOrEqual(10);
    await project.fold();
    const { series } = await grace.query(api.agents.get, { projectId: project.projectId, agent: "scout" });
    expect(series).toHaveLength(1_000);
    expect(await dropped()).toBeNull();
    const counted = await backend.highestUse("compaction:run");
    expect(counted.indexRanges).toBeLessThan(4_096 / 2);
    expect(counted.documentsWritten).toBeLessThan(8_000);
    // A further stream is over the limit of streams, and is reported.
    await report(total({ sum: 1 }, { id: "one more", name: "n1", start }));
    await expect.poll(dropped).toMatchObject({ count: 1, codes: ["limit_reached"] });
  }, 60_000);

  test("1,000 agents in one request: 200 are kept, the others are dropped with a warning", async () => {
    const points = Array.from({ length: 1_000 }, (_, i) =>
      total({ sum: 1 }, { agent: `agent ${i}`, resource: `resource ${i}`, start: Date.now() }),
    );
    await report(...points);
    expect(await agents()).toHaveLength(200);
    await expect.poll(dropped).toMatchObject({ count: 800, codes: ["limit_reached"] });
  }, 60_000);

  test("a retired agent returns with its next point, and its stream goes on", async () => {
    await report(total({ sum: 10 }));
    await project.fold();
    await grace.mutation(api.agents.retire, { projectId: project.projectId, agent: "scout" });
    expect(await agents()).toEqual([]);
    await report(total({ sum: 15 }));
    expect(await agents()).toMatchObject([{ agent: "scout", metrics: [{ value: 5 }] }]);
  });

  test("streams are removed a day after the last export", async () => {
    await report(total({ sum: 10 }));
    expect(await rowsOf("streams")).toHaveLength(1);
    expect((await rowsOf("overviews"))[0]?.streams).toBe(1);
    await age("streams", DAY + MINUTE);
    await backend.run("jobs:start", {});
    await expect.poll(() => rowsOf("streams"), { timeout: 10_000 }).toEqual([]);
    expect((await rowsOf("overviews"))[0]?.streams).toBeUndefined();
  });

  test("streams are removed with their project", async () => {
    await report(total({ sum: 10 }));
    expect(await rowsOf("streams")).toHaveLength(1);
    const ada = await signIn(backend, "ada");
    await ada.mutation(api.projects.deleteProject, { projectId: project.projectId });
    await expect.poll(() => rowsOf("streams"), { timeout: 10_000 }).toEqual([]);
  });
});
