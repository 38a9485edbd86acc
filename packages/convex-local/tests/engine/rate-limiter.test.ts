/** The unmodified component `@convex-dev/rate-limiter`, which contains another component. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("limits");
});
afterAll(() => opened.close());

const mutation = async (path: string, args: { [name: string]: string }) =>
  resultOf(await opened.backend.mutation(call(path, args)));
const check = async (key: string) => resultOf(await opened.backend.query(call("limits:check", { key })));

test("each key has its own bucket with a limit", async () => {
  const taken = [];
  for (let i = 0; i < 4; i++) taken.push(await mutation("limits:take", { name: "send", key: "a" }));
  expect(taken).toEqual([true, true, true, false]);
  expect([await check("a"), await check("b")]).toEqual([false, true]);
});

test("an exceeded limit can throw a ConvexError, and a reset fills the bucket", async () => {
  const { outcome } = await opened.backend.mutation(call("limits:takeOrThrow", { key: "a" }));
  expect(outcome).toMatchObject({ ok: false, errorData: { kind: "RateLimited", name: "send" } });
  await mutation("limits:reset", { key: "a" });
  expect(await mutation("limits:takeOrThrow", { key: "a" })).toBeNull();
});

test("a failed mutation takes nothing from the bucket", async () => {
  for (let i = 0; i < 5; i++) await opened.backend.mutation(call("limits:takeAndFail", { key: "failing" }));
  expect(await check("failing")).toBe(true);
});

test("fixed windows and shards are limited too", async () => {
  const window = [];
  for (let i = 0; i < 3; i++) window.push(await mutation("limits:take", { name: "window", key: "w" }));
  expect(window).toEqual([true, true, false]);
  expect(await mutation("limits:take", { name: "busy", key: "x" })).toBe(true);
});

test("a check becomes stale when its own bucket is used, and not when another one is", async () => {
  await mutation("limits:take", { name: "send", key: "watched" });
  await mutation("limits:take", { name: "send", key: "other" });
  await opened.backend.evaluate([{ id: 1, call: call("limits:check", { key: "watched" }), journal: null }]);
  const stale = () => opened.events.flatMap((event) => (event.type === "committed" ? event.stale : []));
  opened.events.length = 0;
  await mutation("limits:take", { name: "send", key: "other" });
  expect(stale()).toEqual([]);
  await mutation("limits:take", { name: "send", key: "watched" });
  expect(stale()).toEqual([1]);
});
