/**
 * Compaction: every accepted point is counted once, whatever fails. Each run is one transaction; these tests
 * lose runs, let them fail, start several at once, and kill the backend.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { CONFLICTS, openBackends, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";
import { HOUR, MINUTE, newScene, type Reporting } from "./reporting.ts";

const { startBackend, startBackendAlone, startBackendProcess } = openBackends();

/** Times of the kills in ms, around those of the first and of later runs; many more in `npm run test:deep`. */
const KILLS = process.env.DEEP_KILLS
  ? Array.from({ length: Number(process.env.DEEP_KILLS) }, (_, i) => 300 + ((i * 137) % 1_500))
  : [360, 1_400];

let backend: TestBackend;
let grace: Member;
let project: Reporting;

async function begin(start: () => Promise<TestBackend>): Promise<void> {
  ({ backend, grace, project } = await newScene(start()));
}
beforeEach(() => begin(() => startBackend(CONFLICTS)));

/** Returns the number and the sum of all points in a chart. */
async function counted(name = "latency") {
  const { projectId } = project;
  const buckets = await grace.query(api.metrics.series, { projectId, agent: "scout", name, range: "24h" });
  return {
    count: buckets.reduce((all, { count }) => all + count, 0),
    sum: buckets.reduce((all, { sum }) => all + sum, 0),
  };
}

/** Sends a batch and waits for the compactor: a run that a test starts would be one more. */
const report = async (...batch: Parameters<Reporting["report"]>) => {
  expect(await project.send(...batch)).toMatchObject({ outcome: "accepted" });
  await project.folded();
};

const compactorOf = async () => {
  const rows = await backend.rows("compactors");
  const row = rows.find(({ projectId }) => projectId === project.projectId);
  if (row === undefined) throw new Error("the project has no compactor");
  return row;
};

const isAsleep = async () => (await compactorOf()).active === false;

describe("normal work", () => {
  test("a point is folded within 1 s at a low rate, and the compactor sleeps again", async () => {
    for (let value = 1; value <= 3; value++) {
      await project.send([{ value }]);
      await expect
        .poll(async () => (await counted().catch(() => null))?.count, { timeout: 5_000 })
        .toBe(value);
      await expect.poll(isAsleep, { timeout: 5_000 }).toBe(true);
    }
    expect(await counted()).toEqual({ count: 3, sum: 6 });
  });

  test("batches are folded in the order of arrival, by at most one run a second", async () => {
    // A run that conflicts with a request runs again, and counts as another call.
    const runs = async () => {
      const { calls, conflicts } = await backend.highestUse("compaction:run");
      return calls - Object.values(conflicts).reduce((sum, count) => sum + count, 0);
    };
    await report([{ value: 0, at: Date.now() - HOUR }]);
    await expect.poll(isAsleep, { timeout: 5_000 }).toBe(true);
    const [before, began] = [await runs(), Date.now()];
    const at = began - MINUTE;
    let sent = 0;
    while (Date.now() < began + 3_000) await project.send([{ value: ++sent, at }]);
    expect((await runs()) - before).toBeLessThanOrEqual((Date.now() - began) / 1_000 + 1);
    await project.folded();
    // Of points with the same time, the last to arrive is the newest.
    const [agent] = await grace.query(api.agents.list, { projectId: project.projectId });
    expect(agent?.metrics).toMatchObject([{ name: "latency", value: sent }]);
    expect(await counted()).toEqual({ count: sent + 1, sum: (sent * (sent + 1)) / 2 });
  });

  test("batches that arrive together are folded together", async () => {
    await Promise.all(Array.from({ length: 12 }, (_, i) => project.send([{ name: `metric ${i}` }])));
    await project.folded();
    const { series } = await grace.query(api.agents.get, { projectId: project.projectId, agent: "scout" });
    expect(series).toHaveLength(12);
  });

  test("10 requests of 500 items at the same moment, again and again, lose nothing and reject nothing", async () => {
    const items = Array.from({ length: 500 }, (_, i) => ({ agent: `agent ${i % 50}`, name: `m ${i % 10}` }));
    for (let times = 1; times <= 3; times++) {
      const sent = await Promise.all(Array.from({ length: 10 }, () => project.send(items)));
      expect(sent).toEqual(Array(10).fill({ outcome: "accepted", accepted: 500, warnings: [] }));
      await project.folded();
      const args = { projectId: project.projectId, agent: "agent 7", name: "m 7", range: "24h" as const };
      const buckets = await grace.query(api.metrics.series, args);
      expect(buckets.reduce((all, { count }) => all + count, 0)).toBe(100 * times);
    }
  });

  test("a batch that is too large for one transaction is folded in parts", async () => {
    // Each point changes a closed hour and a closed day of another time series.
    const series = Array.from({ length: 500 }, (_, i) => ({ agent: "scout", name: `metric ${i}` }));
    await report(series.map((one) => ({ ...one, value: 1 })));
    const late = Date.now() - 49 * HOUR;
    for (let times = 1; times <= 2; times++) {
      await report(series.map((one) => ({ ...one, value: 10, at: late })));
      for (const name of ["metric 0", "metric 250", "metric 499"]) {
        const { projectId } = project;
        const args = { projectId, agent: "scout", name, range: "7d" as const };
        const buckets = await grace.query(api.metrics.series, args);
        expect(buckets.map(({ sum }) => sum)).toEqual([10 * times, 1]);
      }
    }
  });
});

describe("faults", () => {
  test("a lost run is noticed: the watchdog starts a new chain, and every point counts once", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    await report([{ value: 1 }]);
    await expect.poll(isAsleep, { timeout: 5_000 }).toBe(true);
    // As if a run had failed: the compactor counts as awake, and nothing is scheduled.
    const compactor = await compactorOf();
    const { generation } = compactor;
    await backend.store("compactors", [{ ...compactor, active: true }], "replace");
    // Requests at the same moment read nothing that another one writes, so none of them conflicts.
    const ingested = async () => await backend.highestUse("metrics:ingest");
    const { conflicts } = await ingested();
    await Promise.all(Array.from({ length: 10 }, () => project.send([{ value: 10 }])));
    expect((await ingested()).conflicts).toEqual(conflicts);
    const rows = await backend.rows("pendingBatches");
    expect(rows).toHaveLength(10);
    // A batch that has just arrived is not stuck.
    await backend.run("compaction:watch", {});
    expect((await compactorOf()).generation).toBe(generation);
    const old = rows.map((row) => ({ ...row, _creationTime: row._creationTime - MINUTE }));
    await backend.store("pendingBatches", old, "replace");
    await backend.run("compaction:watch", {});
    await project.folded();
    expect((await compactorOf()).generation).toBe(Number(generation) + 1);
    expect(await counted()).toEqual({ count: 11, sum: 101 });
  });

  test("runs of an old chain, and runs at the same time, count nothing twice", async () => {
    const run = (generation: number) =>
      backend.run("compaction:run", {
        projectId: project.projectId,
        generation,
        unreported: false,
        singly: 0,
      });
    for (let value = 1; value <= 10; value++) {
      await project.send([{ value }]);
      const generation = Number((await compactorOf()).generation);
      const runs = [generation, generation, generation - 1].map(run);
      expect(await Promise.all(runs)).toEqual(Array(3).fill(expect.objectContaining({ status: "success" })));
    }
    await project.folded();
    expect(await counted()).toEqual({ count: 10, sum: 55 });
  });

  test("a batch that cannot be folded is dropped, and the batches around it are kept", async () => {
    await report([{ value: 1 }]);
    // Messages of this length cannot be sent. Two of them do not fit into an overview.
    const broken = (agent: string) => ({
      projectId: project.projectId,
      at: Date.now(),
      metrics: [],
      statuses: [{ agent, state: "failed", message: "x".repeat(600_000) }],
    });
    await backend.store("agentMetrics", [broken("one"), broken("two")]);
    const batches = (await backend.rows("agentMetrics")).filter(
      ({ metrics }) => Array.isArray(metrics) && metrics.length === 0,
    );
    expect(batches).toHaveLength(2);
    const pending = batches.map(({ _id }) => ({
      projectId: project.projectId,
      batchId: _id,
      keyId: project.keyId,
      items: 1,
    }));
    await backend.store("pendingBatches", pending);
    await report([{ value: 10 }]);
    expect(await counted()).toEqual({ count: 2, sum: 11 });
    const agents = await grace.query(api.agents.list, { projectId: project.projectId });
    expect(agents.map(({ agent }) => agent)).toHaveLength(2);
    expect(await project.send([{ value: 100 }])).toMatchObject({ warnings: [{ code: "failed", count: 1 }] });
  });

  test("kills at any step lose no accepted point, and count none twice", async () => {
    const alone = await startBackendProcess();
    await begin(async () => alone);
    let sent = 0;
    for (const delay of KILLS) {
      // Sends until the kill. What got no answer is sent again in the next round.
      const killed = new Promise<void>((resolve) => {
        setTimeout(() => alone.kill().then(resolve), delay);
      });
      let alive = true;
      killed.then(() => {
        alive = false;
      });
      while (alive) {
        const answer = await project.send([{ value: 1 }], [], `${sent}`).catch(() => null);
        if (answer?.outcome === "accepted") sent += 1;
      }
      await killed;
      await alone.start();
    }
    expect(await project.send([{ value: 1 }], [], `${sent}`)).toMatchObject({ outcome: "accepted" });
    sent += 1;
    await project.folded();
    expect(await counted()).toEqual({ count: sent, sum: sent });
  });
});

describe("projects that change meanwhile", () => {
  test("a project that is archived keeps what it accepted", async () => {
    await project.send([{ value: 1 }]);
    await grace.mutation(api.projects.archive, { projectId: project.projectId });
    expect(await project.send([{ value: 2 }])).toEqual({ outcome: "archived" });
    await project.folded();
    expect(await counted()).toEqual({ count: 1, sum: 1 });
  });

  test("a batch that was accepted before its key was revoked counts", async () => {
    await project.send([{ value: 1 }]);
    await grace.mutation(api.projectKeys.revoke, { keyId: project.keyId });
    expect(await project.send([{ value: 2 }])).toEqual({ outcome: "unauthenticated" });
    await project.folded();
    expect(await counted()).toEqual({ count: 1, sum: 1 });
  });

  test("deleting a project removes all its data, also batches that are not folded yet", async () => {
    await begin(() => startBackendAlone(CONFLICTS));
    const ada = await signIn(backend, "ada");
    await report([{ value: 1, kind: "counter" }], [{ state: "working" }]);
    await project.send([{ value: 1 }]);
    await ada.mutation(api.projects.deleteProject, { projectId: project.projectId });
    const tables = [
      ["agentMetrics", "pendingBatches", "compactors", "overviews", "summaries", "agents", "agentStates"],
      ["timeSeries", "stats", "projectKeys", "keyUses", "projectMembers", "drops"],
    ].flat();
    for (const table of tables) {
      await expect.poll(async () => (await backend.rows(table)).length, { message: table }).toBe(0);
    }
    const deletion = async () =>
      (await backend.rows("jobs")).find(({ job }) => job === `project:${project.projectId}`);
    await expect.poll(deletion).toMatchObject({ removed: expect.any(Number), endedAt: expect.any(Number) });
  });
});
