/** Lines that break, lag and repeat themselves: nothing that a client was told is lost, and nothing is done twice. */
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { ConvexReactClient } from "convex/react";
import { makeFunctionReference } from "convex/server";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { BadLine } from "./bad-line.ts";
import { Tab } from "./clients.ts";
import { serveScripted } from "./serving.ts";

const getRow = makeFunctionReference<"query", { name: string }, number[] | null>("rows:get");
const append = makeFunctionReference<"mutation", { name: string; value: number }, null>("rows:append");
const webSocketConstructor = WebSocket as unknown as typeof globalThis.WebSocket;

test.each([1, 2, 3])(
  "through a line that cuts, lags and doubles (seed %i) every mutation is applied once",
  async (seed) => {
    const { url } = await serveScripted();
    const line = await BadLine.to(url, seed);
    line.faults = { cut: 0.06, delay: 8, twice: 0.3 };
    const tabs = Array.from({ length: 4 }, () => new Tab(line.url));
    const lists = tabs.map((tab) => tab.watch("rows:get", { name: "list" }));
    const made: Promise<unknown>[] = [];
    for (let value = 0; value < 30; value++) {
      for (const [n, tab] of tabs.entries()) {
        made.push(tab.mutation("rows:append", { name: "list", value: n * 1000 + value }));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      // The client waits a second after a cut that it did not cause; a network that comes back makes it hurry.
      for (const tab of tabs) hurry(tab);
    }
    const hurrying = setInterval(() => tabs.forEach(hurry), 20);
    onTestFinished(() => clearInterval(hurrying));
    await Promise.all(made);
    line.faults = { cut: 0, delay: 0, twice: 0 };
    const http = new ConvexHttpClient(url, { logger: false });
    const list = (await http.query(getRow, { name: "list" })) ?? [];
    expect(line.cuts).toBeGreaterThan(5);
    expect(line.duplicates).toBeGreaterThan(2);
    for (const n of tabs.keys()) {
      const own = list.filter((value) => Math.floor(value / 1000) === n);
      expect(own).toEqual(Array.from({ length: 30 }, (_, value) => n * 1000 + value));
    }
    await Promise.all(lists.map((watched) => watched.shows(list)));
  },
);

/** Reconnects at once where the client is waiting to: what its listener for the browser's `online` event does. */
function hurry(tab: Tab): void {
  const { webSocketManager } = tab.client as unknown as {
    webSocketManager: { tryReconnectImmediately(): void };
  };
  webSocketManager.tryReconnectImmediately();
}

test("what changed while a client was away is there when it is back, and what it did meanwhile is done", async () => {
  const { url, backend } = await serveScripted();
  const line = await BadLine.to(url, 1);
  const tab = new Tab(line.url);
  const list = tab.watch("rows:get", { name: "list" });
  await list.shows(null);
  line.cutAll();
  await tab.until(() => !tab.connection().isWebSocketConnected, "the cut");
  const away = [
    tab.mutation("rows:append", { name: "list", value: 2 }),
    tab.mutation("rows:append", { name: "list", value: 3 }),
  ];
  backend.write("list", [1]);
  await Promise.all(away);
  expect(list.read()).toEqual([1, 2, 3]);
});

test("ConvexClient: a subscription, mutations and actions, and a cut in between", async () => {
  const { url, backend } = await serveScripted();
  backend.actions["rows:act"] = async () => "acted";
  const line = await BadLine.to(url, 1);
  const client = new ConvexClient(line.url, {
    webSocketConstructor,
    logger: false,
    unsavedChangesWarning: false,
  });
  onTestFinished(() => client.close());
  const seen: unknown[] = [];
  client.onUpdate(getRow, { name: "list" }, (value) => seen.push(value));
  await expect.poll(() => seen).toEqual([null]);
  await client.mutation(append, { name: "list", value: 1 });
  line.cutAll();
  await client.mutation(append, { name: "list", value: 2 });
  expect(await client.action(makeFunctionReference<"action">("rows:act"), {})).toBe("acted");
  expect(seen).toEqual([null, [1], [1, 2]]);
  expect(await client.query(getRow, { name: "list" })).toEqual([1, 2]);
});

test("ConvexReactClient: a watched query follows, and an optimistic update is taken back when refused", async () => {
  const { url, backend } = await serveScripted();
  backend.mutations["rows:refuse"] = () => {
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
  const refuse = makeFunctionReference<"mutation", Record<string, never>>("rows:refuse");
  await client.mutation(append, { name: "list", value: 1 });
  expect(watch.localQueryResult()).toEqual([1]);
  const refused = client.mutation(
    refuse,
    {},
    {
      optimisticUpdate: (store) => store.setQuery(getRow, { name: "list" }, [99]),
    },
  );
  expect(watch.localQueryResult()).toEqual([99]);
  await expect(refused).rejects.toThrow("no");
  expect(watch.localQueryResult()).toEqual([1]);
  expect(seen).toEqual([null, [1], [99], [1]]);
});

test("a server that stops tells its clients, and they are back when another is there", async () => {
  const { url, close } = await serveScripted();
  const tab = new Tab(url);
  await tab.watch("rows:get", { name: "list" }).shows(null);
  const started = performance.now();
  await close();
  expect(performance.now() - started).toBeLessThan(1_000);
  await tab.until(() => !tab.connection().isWebSocketConnected, "the end");
  expect(tab.connection().hasEverConnected).toBe(true);
});
