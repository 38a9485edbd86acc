/** Clients on a faulty network. */
import { isDeepStrictEqual } from "node:util";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { ConvexReactClient } from "convex/react";
import { makeFunctionReference } from "convex/server";
import { expect, onTestFinished, test } from "vitest";
import { Tab, webSocketConstructor } from "./clients.ts";
import { FaultyProxy } from "./faulty-proxy.ts";
import { serveScripted } from "./serving.ts";

const getRow = makeFunctionReference<"query", { name: string }, number[] | null>("rows:get");
const append = makeFunctionReference<"mutation", { name: string; value: number }, null>("rows:append");

test.each([1, 2, 3])("every mutation is applied once over a network with faults (seed %i)", async (seed) => {
  const { url } = await serveScripted();
  const proxy = await FaultyProxy.to(url, seed);
  proxy.faults = { cut: 0.06, delay: 8, twice: 0.3 };
  const tabs = Array.from({ length: 4 }, () => new Tab(proxy.url));
  const lists = tabs.map((tab) => tab.watch("rows:get", { name: "list" }));
  const made: Promise<unknown>[] = [];
  for (let value = 0; value < 30; value++) {
    for (const [n, tab] of tabs.entries()) {
      made.push(tab.mutation("rows:append", { name: "list", value: n * 1000 + value }));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    // The client waits a second before it reconnects, unless the browser reports that it is online again.
    for (const tab of tabs) reconnect(tab);
  }
  const reconnecting = setInterval(() => tabs.forEach(reconnect), 20);
  onTestFinished(() => clearInterval(reconnecting));
  await Promise.all(made);
  proxy.faults = { cut: 0, delay: 0, twice: 0 };
  const http = new ConvexHttpClient(url, { logger: false });
  const list = (await http.query(getRow, { name: "list" })) ?? [];
  expect(proxy.cuts).toBeGreaterThan(5);
  expect(proxy.duplicates).toBeGreaterThan(0);
  for (const n of tabs.keys()) {
    const own = list.filter((value) => Math.floor(value / 1000) === n);
    expect(own).toEqual(Array.from({ length: 30 }, (_, value) => n * 1000 + value));
  }
  await Promise.all(lists.map((watched) => watched.shows(list)));
});

/** Reconnects at once, as the client's listener for the browser's `online` event does. */
function reconnect(tab: Tab): void {
  Reflect.get(tab.client, "webSocketManager").tryReconnectImmediately();
}

test("a client that reconnects gets all changes, and its pending mutations are applied", async () => {
  const { url, backend } = await serveScripted();
  const proxy = await FaultyProxy.to(url, 1);
  const tab = new Tab(proxy.url);
  const list = tab.watch("rows:get", { name: "list" });
  await list.shows(null);
  proxy.cutAll();
  await tab.until(() => !tab.connection().isWebSocketConnected, "the lost connection");
  const away = [
    tab.mutation("rows:append", { name: "list", value: 2 }),
    tab.mutation("rows:append", { name: "list", value: 3 }),
  ];
  backend.write("list", [1]);
  await Promise.all(away);
  expect(list.read()).toEqual([1, 2, 3]);
});

test("ConvexClient works with subscriptions, mutations and actions across a lost connection", async () => {
  const { url, backend } = await serveScripted();
  backend.actions["rows:act"] = async () => "acted";
  const proxy = await FaultyProxy.to(url, 1);
  const client = new ConvexClient(proxy.url, {
    webSocketConstructor,
    logger: false,
    unsavedChangesWarning: false,
  });
  onTestFinished(() => client.close());
  const seen: unknown[] = [];
  client.onUpdate(getRow, { name: "list" }, (value) => seen.push(value));
  await expect.poll(() => seen).toEqual([null]);
  await client.mutation(append, { name: "list", value: 1 });
  proxy.cutAll();
  await client.mutation(append, { name: "list", value: 2 });
  expect(await client.action(makeFunctionReference<"action">("rows:act"), {})).toBe("acted");
  // The new socket may first get the value that the client already has.
  const changes = seen.filter((value, at) => at === 0 || !isDeepStrictEqual(value, seen[at - 1]));
  expect(changes).toEqual([null, [1], [1, 2]]);
  expect(await client.query(getRow, { name: "list" })).toEqual([1, 2]);
});

test("ConvexReactClient follows a watched query and rolls back the optimistic update of a rejected mutation", async () => {
  const { url, backend } = await serveScripted();
  backend.mutations["rows:reject"] = () => {
    throw new Error("no");
  };
  const client = new ConvexReactClient(url, {
    webSocketConstructor,
    logger: false,
    unsavedChangesWarning: false,
  });
  onTestFinished(() => client.close());
  const watch = client.watchQuery(getRow, { name: "list" });
  const seen: unknown[] = [];
  watch.onUpdate(() => seen.push(watch.localQueryResult()));
  await expect.poll(() => watch.localQueryResult()).toBeNull();
  const reject = makeFunctionReference<"mutation", Record<string, never>>("rows:reject");
  await client.mutation(append, { name: "list", value: 1 });
  expect(watch.localQueryResult()).toEqual([1]);
  const rejected = client.mutation(
    reject,
    {},
    {
      optimisticUpdate: (store) => store.setQuery(getRow, { name: "list" }, [99]),
    },
  );
  expect(watch.localQueryResult()).toEqual([99]);
  await expect(rejected).rejects.toThrow("no");
  expect(watch.localQueryResult()).toEqual([1]);
  expect(seen).toEqual([null, [1], [99], [1]]);
});

test("a server that stops closes its connections, and clients notice", async () => {
  const { url, close } = await serveScripted();
  const tab = new Tab(url);
  await tab.watch("rows:get", { name: "list" }).shows(null);
  const started = performance.now();
  await close();
  expect(performance.now() - started).toBeLessThan(1_000);
  await tab.until(() => !tab.connection().isWebSocketConnected, "the end");
  expect(tab.connection().hasEverConnected).toBe(true);
});
