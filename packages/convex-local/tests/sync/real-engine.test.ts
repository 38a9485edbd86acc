/** The whole backend, from sockets to SQLite, with the published clients. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import { expect, onTestFinished, test } from "vitest";
import type { Served } from "../../src/serve.ts";
import { startConvex } from "../../src/server.ts";
import { Provider } from "../auth/provider.ts";
import { rowsIn, Tab, webSocketConstructor } from "./clients.ts";
import { FaultyProxy } from "./faulty-proxy.ts";

const FUNCTIONS = resolve(import.meta.dirname, "../fixtures/lists");
const allNotes = makeFunctionReference<"query", { list: string }, number[]>("notes:all");
const addNote = makeFunctionReference<"mutation", { list: string; value: number }, null>("notes:add");

type Real = Served & { folder: string; functionsDir: string; log: string[] };

/** @param own - Whether the functions are a copy that the test can change. */
async function serveReal(own = false): Promise<Real> {
  const folder = await mkdtemp(join(tmpdir(), "convex-local-"));
  // The copy is inside the repository, so that the functions find their packages.
  const functionsDir = own ? await mkdtemp(join(await localFolder(), "functions-")) : FUNCTIONS;
  if (own) await cp(FUNCTIONS, functionsDir, { recursive: true });
  const log: string[] = [];
  const served = await startConvex({
    functionsDir,
    port: 0,
    sitePort: 0,
    dataFile: join(folder, "data.sqlite"),
    env: {},
    log: (line) => log.push(line),
    watch: own,
  });
  onTestFinished(async () => {
    await served.close();
    await rm(folder, { recursive: true });
    if (own) await rm(functionsDir, { recursive: true });
  });
  return { ...served, folder, functionsDir, log };
}

async function localFolder(): Promise<string> {
  const folder = resolve(import.meta.dirname, "../../../../.local/tests");
  await mkdir(folder, { recursive: true });
  return folder;
}

test("a mutation reaches another client's query, and its own client has it when it resolves", async () => {
  const { url } = await serveReal();
  const [writer, reader] = [new Tab(url), new Tab(url)];
  const list = reader.watch("notes:all", { list: "a" });
  await list.shows([]);
  const own = writer.watch("notes:all", { list: "a" });
  await own.shows([]);
  const taken: number[] = [];
  for (let value = 0; value < 20; value++) {
    const started = performance.now();
    await writer.mutation("notes:add", { list: "a", value });
    expect(own.read()).toHaveLength(value + 1);
    await list.shows(Array.from({ length: value + 1 }, (_, index) => index));
    taken.push(performance.now() - started);
  }
  expect(taken.sort((a, b) => a - b)[10]).toBeLessThan(100);
});

test("actions, errors with data and unknown functions work over the socket", async () => {
  const { url } = await serveReal();
  const client = new ConvexClient(url, { webSocketConstructor, logger: false, unsavedChangesWarning: false });
  onTestFinished(() => client.close());
  const twice = makeFunctionReference<"action", { list: string; value: number }, string>("notes:twice");
  expect(await client.action(twice, { list: "a", value: 1 })).toBe("done");
  expect(await client.query(allNotes, { list: "a" })).toEqual([1, 1]);
  const rejected: unknown = await client
    .mutation(makeFunctionReference<"mutation">("notes:reject"), {})
    .catch((error: unknown) => error);
  expect(rejected).toBeInstanceOf(ConvexError);
  expect(rejected).toMatchObject({ data: { code: "forbidden", message: "No." } });
  const wrong = client.mutation(makeFunctionReference<"mutation">("notes:add"), { list: 1 });
  await expect(wrong).rejects.toThrow("ArgumentValidationError");
  await expect(client.query(makeFunctionReference<"query">("notes:nothing"), {})).rejects.toThrow(
    "notes:nothing",
  );
});

test("a page keeps its end while notes are added", async () => {
  const { url } = await serveReal();
  const http = new ConvexHttpClient(url, { logger: false });
  for (let value = 0; value < 6; value++) await http.mutation(addNote, { list: "a", value });
  const tab = new Tab(url);
  const page = tab.watch("notes:page", { list: "a", paginationOpts: { numItems: 3, cursor: null } });
  const values = (): number[] => rowsIn(page.read()).map(({ value }) => Number(value));
  await tab.until(() => values().length === 3);
  await http.mutation(addNote, { list: "b", value: 9 });
  await tab.mutation("notes:add", { list: "a", value: 6 });
  expect(values()).toEqual([0, 1, 2]);
});

test("a query that never ends fails, and other clients keep working", async () => {
  const { url } = await serveReal();
  const [bad, good] = [new Tab(url), new Tab(url)];
  const list = good.watch("notes:all", { list: "a" });
  await list.shows([]);
  await good.mutation("notes:add", { list: "a", value: 1 });
  expect(await bad.watch("notes:loop").fails()).toContain("timed out");
  for (let value = 2; value <= 5; value++) {
    const started = performance.now();
    await good.mutation("notes:add", { list: "a", value });
    expect(performance.now() - started).toBeLessThan(1_000);
  }
  expect(list.read()).toEqual([1, 2, 3, 4, 5]);
});

test("every mutation is stored once over a network with faults", async () => {
  const { url } = await serveReal();
  const proxy = await FaultyProxy.to(url, 7);
  proxy.faults = { cut: 0.05, delay: 5, twice: 0.3 };
  const tabs = Array.from({ length: 3 }, () => new Tab(proxy.url));
  const made: Promise<unknown>[] = [];
  for (let value = 0; value < 20; value++) {
    for (const [n, tab] of tabs.entries()) made.push(tab.mutation("notes:add", { list: `${n}`, value }));
    await new Promise((next) => setTimeout(next, 5));
  }
  // Clients wait a second or two before they reconnect, so most of the work happens without faults.
  setTimeout(() => {
    proxy.faults.cut = 0;
  }, 1_000);
  await Promise.all(made);
  expect(proxy.cuts).toBeGreaterThan(0);
  const http = new ConvexHttpClient(url, { logger: false });
  for (const n of tabs.keys()) {
    expect(await http.query(allNotes, { list: `${n}` })).toEqual(
      Array.from({ length: 20 }, (_, value) => value),
    );
  }
});

test("a changed function runs for its subscribers, and a broken one keeps the last working one", async () => {
  const { url, functionsDir, log } = await serveReal(true);
  const version = (text: string): Promise<void> =>
    writeFile(
      join(functionsDir, "version.ts"),
      `import { queryGeneric } from "convex/server";\nexport const get = queryGeneric({ args: {}, handler: async () => ${text} });\n`,
    );
  await version('"one"');
  const tab = new Tab(url);
  const watched = tab.watch("version:get");
  await watched.shows("one");
  await version("(((");
  await expect.poll(() => log.join("\n"), { timeout: 8_000 }).toContain("not reloaded");
  expect(watched.read()).toBe("one");
  await version('"two"');
  await watched.shows("two");
});

test("an HTTP action gets the body, and an error instead of the identity of an unknown token", async () => {
  const { siteUrl } = await serveReal();
  const post = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(siteUrl + path, { method: "POST", body: "hello", headers });
  const response = await post("/echo");
  expect([response.status, await response.json()]).toEqual([202, { body: "hello", subject: null }]);
  const key = await post("/echo", { authorization: "Bearer app_key" });
  expect([key.status, (await key.json()).trace]).toEqual([500, expect.stringContaining("JWT")]);
  const stranger = await Provider.start();
  const unknown = await post("/echo", { authorization: `Bearer ${await stranger.token()}` });
  expect((await unknown.json()).code).toContain("No auth provider found");
  expect((await post("/nothing")).status).toBe(404);
});
