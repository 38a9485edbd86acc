/** The jobs of retention, run once by a test. */
import { expect } from "vitest";
import { RULES } from "../../convex/model/retention.ts";
import type { TestBackend } from "./backend.ts";

const JOBS = Object.keys(RULES).length;

/**
 * Waits until no job is running. The cron job's first run starts right after the deployment, so a test waits for
 * it before it stores what a later run is to remove.
 */
export async function idleJobs(backend: TestBackend): Promise<void> {
  const isIdle = async () => {
    const rows = await backend.rows("jobs");
    return rows.length >= JOBS && rows.every(({ endedAt }) => endedAt !== undefined);
  };
  await expect.poll(isIdle, { timeout: 20_000 }).toBe(true);
}

/** Starts all jobs and waits until they have ended. */
export async function runJobs(backend: TestBackend): Promise<void> {
  await idleJobs(backend);
  const before = Date.now();
  expect(await backend.run("jobs:start", {})).toMatchObject({ status: "success" });
  const ended = async () =>
    (await backend.rows("jobs")).filter(
      (row) => row.endedAt !== undefined && Number(row.startedAt) >= before,
    );
  await expect.poll(async () => (await ended()).length, { timeout: 20_000 }).toBe(JOBS);
}
