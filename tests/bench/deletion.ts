/**
 * Benchmark of the deletion of a project with a million points, in the worst case, one batch per point.
 * `DELETION_POINTS` sets their number. A mutation takes 60 ms, as with Convex.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminKeyFor, startConvex } from "convex-local";
import { localDefaults } from "../../local/config.ts";
import { type Administration, administrationOf, conflictsIn } from "./convex-counters.ts";

const POINTS = Number(process.env.DELETION_POINTS ?? 1_000_000);
const STORED_AT_ONCE = 5_000;
const MUTATION_MS = 60;

export async function benchDeletion(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-deletion-"));
  const dataFile = join(folder, "convex.sqlite");
  const convex = await startConvex({
    functionsDir: "convex",
    port: 0,
    sitePort: 0,
    dataFile,
    env: localDefaults({ app: 1, workos: 2, convex: 3, convexSite: 4 }),
    log: () => undefined,
    watch: false,
    conflicts: { mutationMs: MUTATION_MS },
  });
  try {
    const backend = administrationOf(convex.url, adminKeyFor(dataFile));
    const job = `project:${await storeProject(backend)}`;
    const cpu = process.cpuUsage();
    await backend.run("jobs:startOne", { job });
    const row = await ended(backend, job);
    const { user: userUs, system } = process.cpuUsage(cpu);
    const counters = await backend.counters();
    const steps = counters.find(({ path }) => path === "jobs:step");
    process.stdout.write(
      `deleting a project with ${POINTS} points: ${row.removed} rows in ${((row.endedAt - row.startedAt) / 1000).toFixed(1)} s, ` +
        `${steps?.calls} transactions of at most ${steps?.documentsWritten} rows and ${steps?.indexRanges} index ranges, ` +
        `${((userUs + system) / 1000 / (steps?.calls ?? 1)).toFixed(0)} ms of CPU each; conflicts: ${conflictsIn(counters)}\n`,
    );
  } finally {
    await convex.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Stores a project with its points, and returns its id. The project itself is deleted already. */
async function storeProject(backend: Administration): Promise<string> {
  await backend.store("users", [
    {
      workosUserId: "user_1",
      email: "grace@example.com",
      emailVerified: true,
      createdAt: 1,
      updatedAt: 1,
      role: "developer",
      status: "active",
    },
  ]);
  const [owner] = await backend.documents("users");
  await backend.store("projects", [{ name: "Large", ownerId: String(owner?._id), createdAt: 1 }]);
  const [project] = await backend.documents("projects");
  const projectId = String(project?._id);
  const metrics = [{ agent: "scout", name: "latency", value: 1 }];
  for (let stored = 0; stored < POINTS; stored += STORED_AT_ONCE) {
    const row = { projectId, at: Date.now(), metrics, statuses: [] };
    await backend.store("agentMetrics", Array(Math.min(STORED_AT_ONCE, POINTS - stored)).fill(row));
  }
  return projectId;
}

type Ended = { removed: number; startedAt: number; endedAt: number };

async function ended(backend: Administration, job: string): Promise<Ended> {
  for (;;) {
    const row = (await backend.documents("jobs")).find((one) => one.job === job);
    if (row?.endedAt !== undefined) return row as Ended;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
