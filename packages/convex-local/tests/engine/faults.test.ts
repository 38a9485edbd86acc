/** Functions that loop, and restarts: the caller is told, others are answered, and nothing acknowledged is lost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBackend } from "../../src/worker-backend.ts";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("notes");
});
afterAll(() => opened.close());

const list = async (folder: string) =>
  resultOf(await opened.backend.query(call("notes:list", { folder }))) as unknown[];

test("a query that loops is ended after a second, and others are answered all the same", async () => {
  resultOf(await opened.backend.mutation(call("notes:add", { folder: "loop", text: "kept" })));
  const looping = opened.backend.query(call("notes:loopAtOnce"));
  const others = [list("loop"), list("loop")];
  expect(errorOf(await looping)).toContain("timed out");
  expect((await Promise.all(others)).map((notes) => notes.length)).toEqual([1, 1]);
});

test("a mutation that loops after an await is ended, and leaves nothing", async () => {
  expect(errorOf(await opened.backend.mutation(call("notes:loopAfterAwait", { folder: "after" })))).toContain(
    "timed out",
  );
  expect(await list("after")).toEqual([]);
});

test("a mutation that loops after it called others is the one that is blamed", async () => {
  opened.log.length = 0;
  const looping = opened.backend.mutation(call("notes:loopAfterCalls", { folder: "loop" }));
  const others = Array.from({ length: 20 }, () => list("loop"));
  expect(errorOf(await looping)).toContain("timed out");
  await Promise.all(others);
  expect(opened.log.filter((line) => line.includes("started again"))).toHaveLength(1);
});

test("a mutation that is run beside one that loops is answered, applied once", async () => {
  const beside = Array.from({ length: 5 }, (_, i) =>
    opened.backend.mutation(call("notes:add", { folder: "beside", text: String(i) })),
  );
  const looping = opened.backend.mutation(call("notes:loopAtOnceInMutation"));
  const more = opened.backend.mutation(call("notes:add", { folder: "beside", text: "5" }));
  expect(errorOf(await looping)).toContain("timed out");
  for (const answer of await Promise.all([...beside, more])) resultOf(answer);
  expect(await list("beside")).toHaveLength(6);
});

test("a mutation that waits keeps no query waiting", async () => {
  const order: string[] = [];
  const never = opened.backend.mutation(call("notes:neverEnds")).then(() => order.push("mutation"));
  await list("loop").then(() => order.push("query"));
  await never;
  expect(order).toEqual(["query", "mutation"]);
});

test("a mutation that never ends is given up, and the next one runs", async () => {
  const never = opened.backend.mutation(call("notes:neverEnds"));
  const next = opened.backend.mutation(call("notes:add", { folder: "next", text: "one" }));
  expect(errorOf(await never)).toContain("timed out");
  resultOf(await next);
});

test("a subscription that loops is answered with an error, the others of its batch with their values", async () => {
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

test("a mutation sent again under its key is applied once, also after a restart", async () => {
  const key = { sessionId: "s", requestId: 1 };
  const add = () => opened.backend.mutation(call("notes:add", { folder: "again", text: "once" }), key);
  const [first, second] = await Promise.all([add(), add()]);
  expect(second).toEqual(first);
  await opened.restart();
  expect(await add()).toEqual(first);
  expect(await list("again")).toHaveLength(1);
});

test("documents and growing timestamps survive a restart", async () => {
  const { ts } = await opened.backend.mutation(call("notes:add", { folder: "restart", text: "one" }));
  await opened.restart();
  expect(await list("restart")).toHaveLength(1);
  expect(opened.backend.now()).toBeGreaterThan(ts);
});

test("a second backend over the same data is refused, and the first goes on", async () => {
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
