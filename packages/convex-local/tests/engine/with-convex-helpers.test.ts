/** The unmodified package convex-helpers: triggers, relationships, merged streams and its pagination. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;
let team: unknown;

beforeAll(async () => {
  opened = await openBackend("convex-helpers");
  team = resultOf(await opened.backend.mutation(call("people:fill", { count: 10 })));
});
afterAll(() => opened.close());

const query = async (path: string, args: { [name: string]: unknown }) =>
  resultOf(await opened.backend.query(call(path, JSON.parse(JSON.stringify(args)))));

test("a trigger runs with each write, and its error rolls back the mutation", async () => {
  expect(await query("people:team", { team })).toEqual({ size: 5, people: 5, third: "p3" });
  expect(errorOf(await opened.backend.mutation(call("people:add", { name: "invalid" })))).toContain(
    "The name is invalid.",
  );
});

test("merged streams are read page by page in one order", async () => {
  const page = (cursor: string | null) => query("people:ends", { paginationOpts: { numItems: 4, cursor } });
  const first = (await page(null)) as { page: string[]; continueCursor: string };
  const second = await page(first.continueCursor);
  expect(first.page).toEqual(["p0", "p1", "p2", "p7"]);
  expect(second).toMatchObject({ page: ["p8", "p9"], isDone: true });
});

test("the paginator reads two lists in one function", async () => {
  expect(await query("people:twoPages", { cursor: null })).toEqual([
    ["p0", "p1"],
    ["p9", "p8"],
  ]);
});
