/** The sync protocol frame by frame, including messages that no published client sends. */
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import type { JSONValue } from "convex/values";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { RetryableError } from "../../src/functions/execution/call-errors.ts";
import { Tab } from "./clients.ts";
import { RawSocket } from "./raw-socket.ts";
import { serveScripted } from "./serving.ts";

const modify = (baseVersion: number, newVersion: number, modifications: object[] = []) =>
  ({ type: "ModifyQuerySet", baseVersion, newVersion, modifications }) as const;
const add = (queryId: number, name = "a") => ({
  type: "Add",
  queryId,
  udfPath: "rows:get",
  args: [{ name }],
});

test.each<[string, (socket: RawSocket) => void]>([
  ["text that is not JSON", (socket) => socket.send("{")],
  ["JSON that is not a message", (socket) => socket.send("[1]")],
  ["an unknown message", (socket) => socket.send({ type: "Dance" })],
  ["a binary frame", (socket) => socket.send(Buffer.from([1, 2, 3]))],
  ["a second Connect", (socket) => socket.send({ type: "Connect", sessionId: "x" })],
  [
    "a mutation without arguments",
    (socket) => socket.send({ type: "Mutation", requestId: 0, udfPath: "rows:set" }),
  ],
  [
    "a request id below zero",
    (socket) => socket.send({ type: "Action", requestId: -1, udfPath: "x:y", args: [] }),
  ],
  ["a query set with another base version", (socket) => socket.send(modify(3, 4))],
  ["a query set that goes back", (socket) => socket.send(modify(0, 0))],
  ["the same query id twice", (socket) => socket.send(modify(0, 1, [add(0), add(0)]))],
  ["removing an unknown query", (socket) => socket.send(modify(0, 1, [{ type: "Remove", queryId: 9 }]))],
  [
    "an identity with another base version",
    (socket) => socket.send({ type: "Authenticate", tokenType: "None", baseVersion: 2 }),
  ],
  [
    "an unknown token type",
    (socket) => socket.send({ type: "Authenticate", tokenType: "Guess", baseVersion: 0 }),
  ],
])("%s closes only its own socket, with a reason", async (_, misbehave) => {
  const { url } = await serveScripted();
  const tab = new Tab(url);
  const row = tab.watch("rows:get", { name: "a" });
  await row.shows(null);
  const socket = await RawSocket.connect(url);
  misbehave(socket);
  const { error } = await socket.next("FatalError");
  expect(String(error).length).toBeGreaterThan(10);
  const { code, reason } = await socket.closed;
  expect(code).toBe(1008);
  expect(reason).not.toBe("");
  await tab.mutation("rows:set", { name: "a", value: 1 });
  expect(row.read()).toBe(1);
  expect(tab.connection().connectionCount).toBe(1);
});

test.each(["0.19.0", "2.0.0", "latest", "1.48", "%00"])(
  "client version %s is rejected with a reason",
  async (version) => {
    const { url } = await serveScripted();
    const socket = await RawSocket.open(url, version);
    expect(String((await socket.next("FatalError")).error)).toMatch(/version/i);
    expect((await socket.closed).code).toBe(1008);
  },
);

test.each(["1.0.0", "1.48.0", "1.99.3-alpha.1"])("client version %s is accepted", async (version) => {
  const { url } = await serveScripted();
  const socket = await RawSocket.connect(url, "s", version);
  socket.watch("rows:get", { name: "a" });
  expect((await socket.next("Transition")).modifications).toHaveLength(1);
});

test("an upgrade of another path gets 404", async () => {
  const { url } = await serveScripted();
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/1.48.0/other`);
  const status = await new Promise((resolve) => {
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode));
  });
  expect(status).toBe(404);
});

test("a message over the limit closes its socket with 1009", async () => {
  const { url } = await serveScripted();
  const socket = await RawSocket.connect(url);
  socket.send("x".repeat(21 * 1024 * 1024));
  expect((await socket.closed).code).toBe(1009);
  expect((await fetch(`${url}/version`)).status).toBe(200);
});

test("each Transition starts at the end of the last one and acknowledges queries and identity", async () => {
  const { url, backend } = await serveScripted();
  const socket = await RawSocket.connect(url);
  socket.send(modify(0, 1, [add(0, "a"), add(1, "b")]));
  const first = await socket.next("Transition");
  expect(first.startVersion).toEqual({ querySet: 0, identity: 0, ts: "AAAAAAAAAAA=" });
  expect(first.clientClockSkew).toBeUndefined();
  socket.send({ type: "Authenticate", tokenType: "None", baseVersion: 0 });
  const second = await socket.next("Transition");
  expect(second).toMatchObject({ startVersion: first.endVersion, endVersion: { querySet: 1, identity: 1 } });
  expect(second.modifications).toEqual([]);
  expect(second.clientClockSkew).toBeLessThanOrEqual(0);
  expect(second.clientClockSkew).toBeGreaterThan(-1_000);
  backend.write("a", 1);
  const third = await socket.next("Transition");
  expect(third.startVersion).toEqual(second.endVersion);
  expect(third.modifications).toEqual([
    { type: "QueryUpdated", queryId: 0, value: 1, logLines: [], journal: null },
  ]);
  socket.send(modify(1, 2, [{ type: "Remove", queryId: 0 }]));
  expect((await socket.next("Transition")).modifications).toEqual([{ type: "QueryRemoved", queryId: 0 }]);
});

test("a query that arrives together with a mutation runs before it", async () => {
  const { url, backend } = await serveScripted();
  const seen: JSONValue[] = [];
  backend.queries["rows:watched"] = (rows) => {
    seen.push(rows.get("a"));
    return null;
  };
  const socket = await RawSocket.connect(url);
  socket.sendTogether([
    modify(0, 1, [{ type: "Add", queryId: 0, udfPath: "rows:watched", args: [{}] }]),
    { type: "Mutation", requestId: 0, udfPath: "rows:set", args: [{ name: "a", value: 1 }] },
  ]);
  await socket.next("MutationResponse");
  await socket.next("Transition");
  expect(seen[0]).toBeNull();
});

test("an unchanged result is not sent again", async () => {
  const { url, backend } = await serveScripted();
  const socket = await RawSocket.connect(url);
  socket.send(modify(0, 1, [add(0, "a"), add(1, "b")]));
  await socket.next("Transition");
  backend.write("a", null);
  backend.write("b", 2);
  expect((await socket.next("Transition")).modifications).toEqual([
    { type: "QueryUpdated", queryId: 1, value: 2, logLines: [], journal: null },
  ]);
});

test("a mutation that is sent twice is answered twice and applied once, with a Transition after each answer", async () => {
  const { url } = await serveScripted();
  const socket = await RawSocket.connect(url, "session");
  socket.send(modify(0, 1, [add(0, "list")]));
  await socket.next("Transition");
  const mutation = {
    type: "Mutation",
    requestId: 0,
    udfPath: "rows:append",
    args: [{ name: "list", value: 1 }],
  };
  socket.send(mutation);
  const first = await socket.next("MutationResponse");
  expect((await socket.next("Transition")).modifications).toMatchObject([{ value: [1] }]);
  socket.send(mutation);
  expect(await socket.next("MutationResponse")).toEqual(first);
  expect((await socket.next("Transition")).modifications).toEqual([]);
  const again = await RawSocket.connect(url, "session");
  again.send(mutation);
  expect(await again.next("MutationResponse")).toEqual(first);
  again.send({ ...mutation, requestId: 1 });
  expect((await again.next("MutationResponse")).ts).not.toBe(first.ts);
});

test("a failure that a retry may fix closes the socket, and the client reconnects", async () => {
  const { url, backend } = await serveScripted();
  const { mutation } = backend;
  backend.mutation = async () => {
    throw new RetryableError("Busy", "Try again.");
  };
  const sent = { type: "Mutation", requestId: 0, udfPath: "rows:set", args: [{ name: "a", value: 1 }] };
  const socket = await RawSocket.connect(url);
  socket.send(sent);
  expect(await socket.closed).toEqual({ code: 1013, reason: "Busy" });
  const client = new ConvexClient(url);
  onTestFinished(() => client.close());
  const done = client.mutation(makeFunctionReference<"mutation">("rows:set"), { name: "a", value: 1 });
  await expect.poll(() => client.connectionState().connectionRetries).toBeGreaterThan(0);
  backend.mutation = mutation;
  expect(await done).toBe(1);
});

test("the answer to a mutation comes before its Transition, even if the backend reports the commit first", async () => {
  const { url, backend } = await serveScripted();
  backend.afterCommit = () => new Promise((resolve) => setTimeout(resolve, 10));
  const socket = await RawSocket.connect(url);
  socket.send(modify(0, 1, [add(0, "a")]));
  await socket.next("Transition");
  const order: string[] = [];
  socket.socket.on("message", (data) => order.push(JSON.parse(String(data)).type));
  for (let requestId = 0; requestId < 5; requestId++) {
    socket.send({
      type: "Mutation",
      requestId,
      udfPath: "rows:set",
      args: [{ name: "a", value: requestId }],
    });
    await socket.next("Transition");
  }
  expect(order).toEqual(Array.from({ length: 5 }, () => ["MutationResponse", "Transition"]).flat());
});

test("a long Transition arrives in chunks that together are the whole, also with surrogate pairs", async () => {
  const { url, backend } = await serveScripted();
  const long = "a😀".repeat(1_500_000);
  backend.write("a", long);
  const socket = await RawSocket.connect(url);
  socket.watch("rows:get", { name: "a" });
  const parts = [await socket.next("TransitionChunk")];
  while (parts.length < Number(parts[0]?.totalParts)) parts.push(await socket.next("TransitionChunk"));
  expect(parts.map(({ partNumber }) => partNumber)).toEqual(parts.map((_, index) => index));
  const whole = JSON.parse(parts.map(({ chunk }) => chunk).join(""));
  expect(whole.modifications[0].value === long).toBe(true);
  await new Tab(url).watch("rows:get", { name: "a" }).shows(long);
});

test("a client without support for chunks gets one message", async () => {
  const { url, backend } = await serveScripted();
  backend.write("a", "x".repeat(3_000_000));
  const socket = await RawSocket.connect(url, "s", "1.20.0");
  socket.watch("rows:get", { name: "a" });
  expect((await socket.next("Transition")).modifications).toHaveLength(1);
});
