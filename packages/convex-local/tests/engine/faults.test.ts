/** Functions that never end, and restarts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBackend } from "../../src/worker-backend.ts";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("notes");
});
afterAll(() => opened.close());

const list = (folder: string) => opened.rows("notes:list", { folder });

test("a query that loops times out after a second, and other queries are answered", async () => {
  resultOf(await opened.backend.mutation(call("notes:add", { folder: "loop", text: "kept" })));
  const looping = opened.backend.query(call("notes:loopAtOnce"));
  const others = [list("loop"), list("loop")];
  expect(errorOf(await looping)).toContain("timed out");
  expect((await Promise.all(others)).map((notes) => notes.length)).toEqual([1, 1]);
});

test("a mutation that loops after an await times out and writes nothing", async () => {
  expect(errorOf(await opened.backend.mutation(call("notes:loopAfterAwait", { folder: "after" })))).toContain(
    "timed out",
  );
  expect(await list("after")).toEqual([]);
});

test("only the mutation that loops after nested calls times out, and the thread restarts once", async () => {
  opened.log.length = 0;
  const looping = opened.backend.mutation(call("notes:loopAfterCalls", { folder: "loop" }));
  const others = Array.from({ length: 20 }, () => list("loop"));
  expect(errorOf(await looping)).toContain("timed out");
  await Promise.all(others);
  expect(opened.log.filter((line) => line.includes("is restarted"))).toHaveLength(1);
});

test("mutations next to one that loops are answered and applied once", async () => {
  const alongside = Array.from({ length: 5 }, (_, i) =>
    opened.backend.mutation(call("notes:add", { folder: "beside", text: String(i) })),
  );
  const looping = opened.backend.mutation(call("notes:loopAtOnceInMutation"));
  const more = opened.backend.mutation(call("notes:add", { folder: "beside", text: "5" }));
  expect(errorOf(await looping)).toContain("timed out");
  for (const answer of await Promise.all([...alongside, more])) resultOf(answer);
  expect(await list("beside")).toHaveLength(6);
});

test("queries do not wait for a mutation that waits", async () => {
  const order: string[] = [];
  const never = opened.backend.mutation(call("notes:neverEnds")).then(() => order.push("mutation"));
  await list("loop").then(() => order.push("query"));
  await never;
  expect(order).toEqual(["query", "mutation"]);
});

test("a mutation that never ends times out, and the next one runs", async () => {
  const never = opened.backend.mutation(call("notes:neverEnds"));
  const next = opened.backend.mutation(call("notes:add", { folder: "next", text: "one" }));
  expect(errorOf(await never)).toContain("timed out");
  resultOf(await next);
});

test("a subscription that loops fails, and the others of its batch get their values", async () => {
  const { results } = await opened.backend.evaluate([
    { id: 1, call: call("notes:list", { folder: "loop" }), journal: null },
    { id: 2, call: call("notes:loopAtOnce"), journal: null },
    { id: 3, call: call("notes:list", { folder: "next" }), journal: null },
  ]);
  const byId = new Map(results.map(({ id, outcome }) => [id, outcome]));
  expect([...byId.keys()].sort()).toEqual([1, 2, 3]);
  expect(byId.get(1)).toMatchObject({ ok: true });
  expect(byId.get(2)).toMatchObject({ ok: false, errorMessage: expect.stringContaining("timed out") });
  expect(byId.get(3)).toMatchObject({ ok: true });
});

test("a mutation that is sent again with its key is applied once, also after a restart", async () => {
  const key = { sessionId: "s", requestId: 1 };
  const add = () => opened.backend.mutation(call("notes:add", { folder: "again", text: "once" }), key);
  const [first, second] = await Promise.all([add(), add()]);
  expect(second).toEqual(first);
  await opened.restart();
  expect(await add()).toEqual(first);
  expect(await list("again")).toHaveLength(1);
});

test("documents survive a restart, and timestamps still increase", async () => {
  const { ts } = await opened.backend.mutation(call("notes:add", { folder: "restart", text: "one" }));
  await opened.restart();
  expect(await list("restart")).toHaveLength(1);
  expect(opened.backend.now()).toBeGreaterThan(ts);
});

test("a second backend on the same data file fails to start, and the first one keeps running", async () => {
  const second = startBackend({
    functionsDir: opened.functionsDir,
    dataFile: opened.dataFile,
    env: {},
    log: () => {},
    watch: false,
  });
  await expect(second).rejects.toThrow("in use by another process");
  expect(await list("restart")).toHaveLength(1);
});
