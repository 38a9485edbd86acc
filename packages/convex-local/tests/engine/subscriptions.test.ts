/** Which subscriptions a commit makes stale, and the order of events and results. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("notes");
});
afterAll(() => opened.close());

const add = (folder: string, stars?: number) =>
  opened.backend.mutation(
    call("notes:add", { folder, text: "t", ...(stars === undefined ? {} : { stars }) }),
  );
const evaluate = (id: number, path: string, args = {}, journal: string | null = null) =>
  opened.backend.evaluate([{ id, call: call(path, args), journal }]);
const stale = () => opened.events.flatMap((event) => (event.type === "committed" ? event.stale : []));

test("a commit makes only subscriptions of the written range stale", async () => {
  await evaluate(1, "notes:list", { folder: "a" });
  await evaluate(2, "notes:list", { folder: "b" });
  opened.events.length = 0;
  await add("a");
  expect(stale()).toEqual([1]);
});

test("a partly read range becomes stale only when that part changes", async () => {
  for (const stars of [1, 2, 3]) await add("part", stars);
  await evaluate(3, "notes:best", { folder: "part", atLeast: 0, count: 2 });
  opened.events.length = 0;
  await add("part", 1);
  expect(stale()).toEqual([]);
  await add("part", 4);
  expect(stale()).toEqual([3]);
});

test("a subscription becomes stale when its document changes and when it is deleted", async () => {
  const id = resultOf(await add("document"));
  await evaluate(4, "notes:get", { id });
  opened.events.length = 0;
  await opened.backend.mutation(call("notes:star", { id, stars: 1 }));
  await opened.backend.mutation(call("notes:remove", { id }));
  expect(stale()).toEqual([4, 4]);
});

test("a released subscription gets no event", async () => {
  await evaluate(5, "notes:list", { folder: "released" });
  opened.backend.release([5]);
  opened.events.length = 0;
  await add("released");
  expect(stale()).toEqual([]);
});

test("a subscription that is released while it runs gets no event", async () => {
  const reading = evaluate(9, "notes:slowList", { folder: "released early" });
  opened.backend.release([9]);
  await reading;
  opened.events.length = 0;
  await add("released early");
  expect(stale()).toEqual([]);
});

test("a commit while a subscription runs is reported before its result", async () => {
  await add("race");
  opened.events.length = 0;
  const reading = evaluate(6, "notes:slowList", { folder: "race" });
  const written = await add("race");
  const { ts, results } = await reading;
  expect(results[0]?.outcome).toMatchObject({ ok: true, value: [1, 1] });
  expect(ts).toBeLessThan(written.ts);
  expect(opened.events).toContainEqual({ type: "committed", ts: written.ts, stale: [6] });
});

test("a commit is reported before the result of its mutation", async () => {
  await evaluate(7, "notes:list", { folder: "order" });
  opened.events.length = 0;
  const { ts } = await add("order");
  expect(opened.events.at(-1)).toEqual({ type: "committed", ts, stale: [7] });
  expect(opened.backend.now()).toBe(ts);
});

test("a result says whether the query, or one that it called, read the clock", async () => {
  const paths = ["notes:clock", "notes:nestedClock", "notes:fixedDate"];
  const results = await Promise.all(paths.map((path, i) => evaluate(20 + i, path)));
  expect(results.map(({ results: [result] }) => result?.readClock)).toEqual([true, true, false]);
});

test("a journal keeps the end of a page when documents change", async () => {
  const args = { folder: "journal", paginationOpts: { numItems: 2, cursor: null } };
  for (let i = 0; i < 3; i++) await add("journal");
  const first = await evaluate(8, "notes:page", args);
  const journal = first.results[0]?.journal ?? null;
  expect(journal).not.toBeNull();
  const ids = (outcome: unknown) =>
    (outcome as { value: { page: { _id: string }[] } }).value.page.map(({ _id }) => _id);
  const removed = ids(first.results[0]?.outcome)[0] as string;
  await opened.backend.mutation(call("notes:remove", { id: removed }));
  const again = await evaluate(8, "notes:page", args, journal);
  expect(ids(again.results[0]?.outcome)).toEqual(ids(first.results[0]?.outcome).slice(1));
});
