/** Slow sockets, functions that never end, worker restarts, and many subscriptions. */
import { expect, test } from "vitest";
import { Tab } from "./clients.ts";
import { RawSocket } from "./raw-socket.ts";
import { RejectedCall } from "./scripted-backend.ts";
import { serveScripted } from "./serving.ts";

test("nothing is computed for a socket that does not read, and it then gets only the newest value", async () => {
  const { url, backend } = await serveScripted();
  const filler = "x".repeat(4 * 1024 * 1024);
  const slow = await RawSocket.connect(url);
  const quick = new Tab(url).watch("rows:get", { name: "b" });
  await quick.shows(null);
  slow.watch("rows:get", { name: "a" });
  await slow.next("Transition");
  slow.socket.pause();
  backend.runs.length = 0;
  for (let round = 0; round < 50; round++) {
    backend.write("a", `${round}${filler}`);
    backend.write("b", round);
    await quick.shows(round);
  }
  const runs = backend.runs.length - 50;
  expect(runs).toBeLessThan(15);
  slow.socket.resume();
  const values: string[] = [];
  while (values.at(-1) !== "49") {
    const parts = [await slow.next("TransitionChunk")];
    while (parts.length < Number(parts[0]?.totalParts)) parts.push(await slow.next("TransitionChunk"));
    const text = parts.map(({ chunk }) => chunk).join("");
    values.push(String(JSON.parse(text).modifications[0].value).replace(filler, ""));
  }
  expect(values.length).toBeLessThan(15);
});

test("a client that sends without reading is slowed down and gets all answers", async () => {
  const { url } = await serveScripted();
  const socket = await RawSocket.connect(url);
  const count = 3_000;
  for (let requestId = 0; requestId < count; requestId++) {
    socket.send({
      type: "Mutation",
      requestId,
      udfPath: "rows:set",
      args: [{ name: "a", value: requestId }],
    });
  }
  for (let answers = 0; answers < count; answers++) {
    expect((await socket.next("MutationResponse")).requestId).toBe(answers);
  }
});

test("a query that never ends fails alone, is retried with a delay, and other queries stay live", async () => {
  const { url, backend } = await serveScripted();
  let loops = 0;
  backend.queries["rows:loop"] = () => {
    loops += 1;
    throw new RejectedCall("timed_out", "Function execution timed out (maximum duration 1s).");
  };
  const tab = new Tab(url);
  const [loop, row] = [tab.watch("rows:loop"), tab.watch("rows:get", { name: "a" })];
  expect(await loop.fails()).toContain("timed out");
  await row.shows(null);
  backend.reload();
  for (let value = 0; value < 5; value++) {
    backend.write("a", value);
    await row.shows(value);
  }
  expect(loops).toBeLessThanOrEqual(2);
  backend.queries["rows:loop"] = () => "fixed";
  backend.reload();
  await loop.shows("fixed");
});

test("a mutation is retried when its worker restarts", async () => {
  const { url, backend } = await serveScripted();
  const mutation = backend.mutation.bind(backend);
  let lost = 0;
  backend.mutation = async (call, key) => {
    const answer = await mutation(call, key);
    if (lost++ === 0) throw new RejectedCall("restarted", "The worker was restarted.");
    return answer;
  };
  const tab = new Tab(url);
  const list = tab.watch("rows:get", { name: "list" });
  await tab.mutation("rows:append", { name: "list", value: 1 });
  expect(list.read()).toEqual([1]);
});

test("a slow mutation does not delay updates of other data", async () => {
  const { url, backend } = await serveScripted();
  const { promise, resolve } = Promise.withResolvers<void>();
  backend.afterCommit = () => promise;
  const tab = new Tab(url);
  const row = tab.watch("rows:get", { name: "a" });
  await row.shows(null);
  const slow = tab.mutation("rows:set", { name: "b", value: 1 });
  backend.write("a", 1);
  await row.shows(1);
  resolve();
  await slow;
});

test("a query that fails while the worker restarts is not run again at once", async () => {
  const { url, backend } = await serveScripted();
  let runs = 0;
  backend.queries["rows:loop"] = () => {
    runs += 1;
    throw new Error("timed out");
  };
  backend.beforeAnswer = async () => {
    if (runs > 0) backend.reload();
  };
  const loop = new Tab(url).watch("rows:loop");
  await loop.fails();
  await new Tab(url).mutation("rows:set", { name: "b", value: 1 });
  expect(runs).toBe(1);
});

test("one write runs one of a thousand subscriptions", async () => {
  const { url, backend } = await serveScripted();
  const tab = new Tab(url);
  const rows = Array.from({ length: 1_000 }, (_, n) => tab.watch("rows:get", { name: `row${n}` }));
  await Promise.all(rows.map((row) => row.shows(null)));
  backend.runs.length = 0;
  backend.write("row500", 1);
  await rows[500]?.shows(1);
  expect(backend.runs).toEqual(["rows:get"]);
});
