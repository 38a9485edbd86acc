/** Queries, mutations and actions without sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "./eventually.ts";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

const compiled = mkdtempSync(join(tmpdir(), "compiled-"));
let opened: TestBackend;

beforeAll(async () => {
  vi.stubEnv("NODE_COMPILE_CACHE", compiled);
  opened = await openBackend("notes", { env: { GREETING: "hello" } });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await opened.close();
  rmSync(compiled, { recursive: true });
});

const query = async (path: string, args = {}) => resultOf(await opened.backend.query(call(path, args)));
const mutation = async (path: string, args = {}) => resultOf(await opened.backend.mutation(call(path, args)));
const texts = async (folder: string) => (await opened.rows("notes:list", { folder })).map(({ text }) => text);

test("a mutation writes and a query reads it back with its id and creation time", async () => {
  const before = Date.now();
  const id = await mutation("notes:add", { folder: "write", text: "one" });
  const [note] = await opened.rows("notes:list", { folder: "write" });
  expect(note).toEqual({ _id: id, _creationTime: expect.any(Number), folder: "write", text: "one" });
  expect(note?._creationTime).toBeGreaterThanOrEqual(before);
  expect(id).toMatch(/^[0-9a-z]{32}$/);
});

test("an index range is read in order and up to the requested count", async () => {
  for (const stars of [3, 1, 5, 4]) await mutation("notes:add", { folder: "range", text: `${stars}`, stars });
  const best = await opened.rows("notes:best", { folder: "range", atLeast: 2, count: 2 });
  expect(best.map(({ stars }) => stars)).toEqual([5, 4]);
});

test("a patch sets fields and removes those that are undefined", async () => {
  const id = await mutation("notes:add", { folder: "patch", text: "one", stars: 1 });
  await mutation("notes:star", { id, stars: 2 });
  expect(await query("notes:get", { id })).toMatchObject({ stars: 2, text: "one" });
  await mutation("notes:star", { id });
  expect(await query("notes:get", { id })).not.toHaveProperty("stars");
});

test("a deleted document is null, and patching it fails", async () => {
  const id = await mutation("notes:add", { folder: "delete", text: "one" });
  await mutation("notes:remove", { id });
  expect(await query("notes:get", { id })).toBeNull();
  expect(errorOf(await opened.backend.mutation(call("notes:star", { id })))).toContain(
    "nonexistent document",
  );
});

test("a document that does not match the schema is rejected with table, field and validator", async () => {
  const message = errorOf(await opened.backend.mutation(call("notes:addWrong")));
  expect(message).toContain('table "notes"');
  expect(message).toContain("Path: .text");
  expect(message).toContain("v.string()");
});

test("arguments that do not match are rejected before the function runs", async () => {
  expect(errorOf(await opened.backend.mutation(call("notes:add", { folder: "x" })))).toContain(
    "ArgumentValidationError: Object is missing the required field `text`",
  );
  expect(errorOf(await opened.backend.query(call("notes:get", { id: "nonsense" })))).toContain(
    "ArgumentValidationError",
  );
  expect(
    errorOf(await opened.backend.mutation(call("notes:add", { folder: "x", text: "y", more: 1 }))),
  ).toContain("extra field `more`");
});

test("a mutation that throws writes nothing, and the caller gets the data of its ConvexError", async () => {
  const { outcome } = await opened.backend.mutation(call("notes:addThenThrow", { folder: "throw" }));
  expect(outcome).toMatchObject({
    ok: false,
    errorData: { code: "no", at: [{ $integer: "AQAAAAAAAAA=" }, null] },
  });
  expect(await texts("throw")).toEqual([]);
});

test("a nested mutation that throws is rolled back alone", async () => {
  expect(await mutation("notes:addAround", { folder: "around" })).toBe(2);
  expect(await texts("around")).toEqual(["before", '"no"']);
});

test("writes next to a nested mutation stay when that is rolled back", async () => {
  expect(await mutation("notes:addBeside", { folder: "beside" })).toBe("rejected");
  expect(await texts("beside")).toEqual(["beside"]);
});

test("200 concurrent mutations that read, wait and write all take effect", async () => {
  const id = await mutation("notes:add", { folder: "count", text: "one" });
  await Promise.all(Array.from({ length: 200 }, () => mutation("notes:starOnceMore", { id })));
  expect(await query("notes:get", { id })).toMatchObject({ stars: 200 });
});

test("an error contains the message and the source line that threw", async () => {
  const message = errorOf(await opened.backend.query(call("notes:fail")));
  expect(message).toContain("Uncaught Error: on purpose");
  expect(message).toMatch(/at handler \(.*notes\.ts:\d+:\d+\)/);
});

test("rejects an internal function, an unknown one and one of another kind", async () => {
  await expect(opened.backend.mutation(call("notes:secret"))).rejects.toMatchObject({
    code: "function_not_found",
  });
  await expect(opened.backend.query(call("notes:nothing"))).rejects.toMatchObject({
    code: "function_not_found",
  });
  await expect(opened.backend.query(call("nowhere:nothing"))).rejects.toMatchObject({
    code: "function_not_found",
  });
  await expect(opened.backend.query(call("notes:add"))).rejects.toMatchObject({ code: "wrong_kind" });
  expect(resultOf(await opened.backend.mutation({ ...call("notes:secret"), caller: "internal" }))).toBe(
    "inside",
  );
});

test("the time is fixed within a call, also after an await, and console lines are returned", async () => {
  const { outcome } = await opened.backend.query(call("notes:clock"));
  expect(outcome).toMatchObject({ ok: true, value: { same: true } });
  expect(outcome.logLines).toEqual([expect.stringContaining("[LOG] 'the clock'")]);
  expect(opened.log.join("\n")).toContain("[notes:clock] log: the clock");
});

test("functions see their caller's identity and only the configured environment variables", async () => {
  const identity = {
    tokenIdentifier: "https://issuer|me",
    issuer: "https://issuer",
    subject: "me",
    email: "me@example.com",
  };
  expect(resultOf(await opened.backend.query(call("notes:who", {}, identity)))).toEqual(identity);
  expect(await query("notes:who")).toBeNull();
  expect(await query("notes:environment", { name: "GREETING" })).toBe("hello");
  for (const name of ["PATH", "NODE_COMPILE_CACHE"])
    expect(await query("notes:environment", { name }), name).toBeNull();
});

test("an action writes and reads through mutations and queries", async () => {
  expect(resultOf(await opened.backend.action(call("notes:addFromAction", { folder: "action" })))).toEqual([
    "from an action",
  ]);
});

test("a rejected promise without await is logged and ends nothing", async () => {
  await mutation("notes:messy");
  await eventually(() => opened.log.join("\n")).toContain("left behind");
  expect(await texts("nothing here")).toEqual([]);
});

test("a slow query keeps its snapshot while mutations commit", async () => {
  await mutation("notes:add", { folder: "slow", text: "one" });
  const slow = query("notes:slowList", { folder: "slow" });
  await mutation("notes:add", { folder: "slow", text: "two" });
  expect(await slow).toEqual([1, 1]);
  expect(await texts("slow")).toEqual(["one", "two"]);
});

test("reads page after page, and rejects a cursor of another query", async () => {
  for (let i = 0; i < 5; i++) await mutation("notes:add", { folder: "pages", text: `${i}` });
  const page = async (cursor: string | null, folder = "pages") =>
    (await query("notes:page", { folder, paginationOpts: { numItems: 2, cursor } })) as {
      page: { text: string }[];
      isDone: boolean;
      continueCursor: string;
    };
  const first = await page(null);
  const second = await page(first.continueCursor);
  const third = await page(second.continueCursor);
  expect([first, second, third].map(({ page, isDone }) => [page.map(({ text }) => text), isDone])).toEqual([
    [["0", "1"], false],
    [["2", "3"], false],
    [["4"], true],
  ]);
  await expect(page(first.continueCursor, "elsewhere")).rejects.toThrow("InvalidCursor");
});

test("a page says when it should be split, and one with a fixed end is read as a whole", async () => {
  for (let i = 0; i < 4; i++) await mutation("notes:add", { folder: "split", text: `${i}` });
  const page = async (numItems: number, maximumRowsRead: number, endCursor: string | null = null) => {
    const paginationOpts = { cursor: null, endCursor, numItems, maximumRowsRead };
    return (await query("notes:page", { folder: "split", paginationOpts })) as {
      page: unknown[];
      pageStatus: string | null;
      continueCursor: string;
    };
  };
  const statusOf = async (...options: Parameters<typeof page>) => {
    const { page: documents, pageStatus } = await page(...options);
    return [documents.length, pageStatus];
  };
  expect(await statusOf(1, 3)).toEqual([1, null]);
  expect(await statusOf(3, 3)).toEqual([3, "SplitRecommended"]);
  expect(await statusOf(3, 2)).toEqual([2, "SplitRequired"]);
  const { continueCursor } = await page(3, 100);
  expect(await statusOf(1, 2, continueCursor)).toEqual([3, "SplitRecommended"]);
});
