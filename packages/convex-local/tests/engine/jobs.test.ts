/** Scheduled functions and cron jobs. */
import type { JSONValue } from "convex/values";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { call, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("jobs");
});
afterAll(() => opened.close());

const mutation = async (path: string, args = {}) => resultOf(await opened.backend.mutation(call(path, args)));
const marks = async () => resultOf(await opened.backend.query(call("jobs:marks"))) as string[];
const countOf = async (name: string) => (await marks()).filter((mark) => mark === name).length;
const stateOf = async (id: JSONValue) => {
  const job = resultOf(await opened.backend.query(call("jobs:scheduledOne", { id }))) as {
    state: { kind: string; error?: string };
  } | null;
  return job?.state;
};

test("a scheduled mutation runs after its transaction and gets the state success", async () => {
  const id = await mutation("jobs:later", { name: "soon", ms: 0 });
  await eventually(() => countOf("soon")).toBe(1);
  expect(await stateOf(id)).toEqual({ kind: "success" });
});

test("a transaction that throws schedules nothing", async () => {
  await opened.backend.mutation(call("jobs:laterThenThrow", { name: "thrown" }));
  await mutation("jobs:later", { name: "marker", ms: 0 });
  await eventually(() => countOf("marker")).toBe(1);
  expect(await countOf("thrown")).toBe(0);
});

test("a job in the future waits, and a canceled one never runs", async () => {
  const id = await mutation("jobs:later", { name: "cancelled", ms: 60_000 });
  expect(await stateOf(id)).toEqual({ kind: "pending" });
  await mutation("jobs:cancel", { id });
  expect(await stateOf(id)).toEqual({ kind: "canceled" });
  const atOnce = await mutation("jobs:laterThenCancel", { name: "cancelled" });
  const began = Date.now();
  await mutation("jobs:later", { name: "waited", ms: 200 });
  await eventually(() => countOf("waited")).toBe(1);
  expect(Date.now() - began).toBeGreaterThanOrEqual(200);
  expect(await countOf("cancelled")).toBe(0);
  expect(await stateOf(atOnce)).toEqual({ kind: "canceled" });
});

test.each([
  ["laterFailing", "jobs:failing"],
  ["laterFailingAction", "jobs:failingAction"],
])("a scheduled function that throws stores and logs its error: %s", async (schedule, failing) => {
  const id = await mutation(`jobs:${schedule}`);
  await eventually(() => stateOf(id)).toMatchObject({
    kind: "failed",
    error: expect.stringMatching(/^Uncaught Error: on purpose\n {4}at handler \(\.\.\/convex\/jobs\.ts:/),
  });
  expect(opened.log.join("\n")).toContain(`[${failing}] scheduled function failed: `);
  expect(await countOf("never")).toBe(0);
});

test("mutations do not wait for a scheduled action", async () => {
  const id = await mutation("jobs:laterSlow", { name: "slow", ms: 1500 });
  await eventually(() => stateOf(id)).toEqual({ kind: "inProgress" });
  await mutation("jobs:later", { name: "meanwhile", ms: 0 });
  await eventually(() => countOf("meanwhile")).toBe(1);
  expect(await countOf("slow")).toBe(0);
  await eventually(() => stateOf(id)).toEqual({ kind: "success" });
  expect(await countOf("slow")).toBe(1);
});

test("an action can schedule a function", async () => {
  resultOf(await opened.backend.action(call("jobs:laterFromAction", { name: "from an action" })));
  await eventually(() => countOf("from an action")).toBe(1);
});

test("a waiting job survives a restart, and an action that a restart interrupts has failed", async () => {
  await mutation("jobs:later", { name: "after the restart", ms: 800 });
  const cut = await mutation("jobs:laterSlow", { name: "cut off", ms: 60_000 });
  await eventually(() => stateOf(cut)).toEqual({ kind: "inProgress" });
  await opened.restart();
  await eventually(() => countOf("after the restart")).toBe(1);
  expect(await stateOf(cut)).toEqual({ kind: "failed", error: "Transient error while executing action" });
});

test("a cron job runs repeatedly", async () => {
  const before = await countOf("often");
  await eventually(() => countOf("often")).toBeGreaterThanOrEqual(before + 2);
  expect(await countOf("new year")).toBe(0);
});
