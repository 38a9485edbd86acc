/** Queries, mutations and actions over the backend, without sockets: what a call does, and what it is told. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("notes", { env: { GREETING: "hello" } });
});
afterAll(() => opened.close());

const query = async (path: string, args = {}) => resultOf(await opened.backend.query(call(path, args)));
const mutation = async (path: string, args = {}) => resultOf(await opened.backend.mutation(call(path, args)));
const texts = async (folder: string) =>
  ((await query("notes:list", { folder })) as { text: string }[]).map(({ text }) => text);

test("a mutation writes and a query reads it back with its id and creation time", async () => {
  const before = Date.now();
  const id = await mutation("notes:add", { folder: "write", text: "one" });
  const [note] = (await query("notes:list", { folder: "write" })) as { _creationTime: number }[];
  expect(note).toEqual({ _id: id, _creationTime: expect.any(Number), folder: "write", text: "one" });
  expect(note?._creationTime).toBeGreaterThanOrEqual(before);
  expect(id).toMatch(/^[0-9a-z]{32}$/);
});

test("an index range is read in order and only as far as asked", async () => {
  for (const stars of [3, 1, 5, 4]) await mutation("notes:add", { folder: "range", text: `${stars}`, stars });
  const best = (await query("notes:best", { folder: "range", atLeast: 2, count: 2 })) as { stars: number }[];
  expect(best.map(({ stars }) => stars)).toEqual([5, 4]);
});

test("a patch sets fields and takes away those that are undefined", async () => {
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

test("a document that the schema does not take is refused, and the table, field and validator named", async () => {
  const message = errorOf(await opened.backend.mutation(call("notes:addWrong")));
  expect(message).toContain('table "notes"');
  expect(message).toContain("Path: .text");
  expect(message).toContain("v.string()");
});

test("arguments that do not fit are refused before the function runs", async () => {
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

test("a mutation that throws leaves nothing, and its ConvexError's data comes through", async () => {
  const { outcome } = await opened.backend.mutation(call("notes:addThenThrow", { folder: "throw" }));
  expect(outcome).toMatchObject({
    ok: false,
    errorData: { code: "no", at: [{ $integer: "AQAAAAAAAAA=" }, null] },
  });
  expect(await texts("throw")).toEqual([]);
});

test("a mutation inside a mutation is undone alone when it throws", async () => {
  expect(await mutation("notes:addAround", { folder: "around" })).toBe(2);
  expect(await texts("around")).toEqual(["before", '"no"']);
});

test("what a mutation writes beside a nested one stays when that is undone", async () => {
  expect(await mutation("notes:addBeside", { folder: "beside" })).toBe("rejected");
  expect(await texts("beside")).toEqual(["beside"]);
});

test("200 mutations at once that read, wait and write all count", async () => {
  const id = await mutation("notes:add", { folder: "count", text: "one" });
  await Promise.all(Array.from({ length: 200 }, () => mutation("notes:starOnceMore", { id })));
  expect(await query("notes:get", { id })).toMatchObject({ stars: 200 });
});

test("an error names its message and the line of the source that threw", async () => {
  const message = errorOf(await opened.backend.query(call("notes:fail")));
  expect(message).toContain("Uncaught Error: on purpose");
  expect(message).toMatch(/at handler \(.*notes\.ts:\d+:\d+\)/);
});

test("an internal function, an unknown one and one of another kind are refused", async () => {
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

test("time stands still within a call, also after an await, and the console is kept", async () => {
  const { outcome } = await opened.backend.query(call("notes:clock"));
  expect(outcome).toMatchObject({ ok: true, value: { same: true } });
  expect(outcome.logLines).toEqual([expect.stringContaining("[LOG] 'the clock'")]);
  expect(opened.log.join("\n")).toContain("[notes:clock] log: the clock");
});

test("functions see the identity they are called with, and the variables they are given, and no others", async () => {
  const identity = {
    tokenIdentifier: "https://issuer|me",
    issuer: "https://issuer",
    subject: "me",
    email: "me@example.com",
  };
  expect(resultOf(await opened.backend.query(call("notes:who", {}, identity)))).toEqual(identity);
  expect(await query("notes:who")).toBeNull();
  expect(await query("notes:environment", { name: "GREETING" })).toBe("hello");
  expect(await query("notes:environment", { name: "PATH" })).toBeNull();
});

test("an action writes and reads through mutations and queries", async () => {
  expect(resultOf(await opened.backend.action(call("notes:addFromAction", { folder: "action" })))).toEqual([
    "from an action",
  ]);
});

test("a rejected promise that nobody awaited is logged and ends nothing", async () => {
  await mutation("notes:messy");
  await eventually(() => opened.log.join("\n")).toContain("left behind");
  expect(await texts("nothing here")).toEqual([]);
});

test("a slow query goes on reading its own snapshot while mutations commit", async () => {
  await mutation("notes:add", { folder: "slow", text: "one" });
  const slow = query("notes:slowList", { folder: "slow" });
  await mutation("notes:add", { folder: "slow", text: "two" });
  expect(await slow).toEqual([1, 1]);
  expect(await texts("slow")).toEqual(["one", "two"]);
});

test("pages are read one after the other, and a cursor of another query is refused", async () => {
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
