/** The jobs of retention, run once by a test. */
import { expect } from "vitest";
import { RULES } from "../../convex/model/retention.ts";
import type { TestBackend } from "./backend.ts";

/** Starts all jobs and waits until they have ended. */
export async function runJobs(backend: TestBackend): Promise<void> {
  const over = async () => (await backend.rows("jobs")).filter(({ endedAt }) => endedAt !== undefined);
  const isOver = async () => (await over()).length === (await backend.rows("jobs")).length;
  await expect.poll(isOver, { timeout: 20_000 }).toBe(true);
  const before = Date.now();
  expect(await backend.run("jobs:start", {})).toMatchObject({ status: "success" });
  const rules = async () => (await over()).filter(({ startedAt }) => Number(startedAt) >= before).length;
  await expect.poll(rules, { timeout: 20_000 }).toBe(Object.keys(RULES).length);
}
